//! Events: status, terms of sale, and details for display.

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;
use crate::money::Currency;
use crate::time::Instant;

/// Status of an event: draft → on_sale → closed, and each of them → cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// In preparation; no holds.
    Draft,
    /// Holds are possible during the sale period.
    OnSale,
    /// No new holds; active ones can still be booked until they expire.
    Closed,
    /// Final; active holds were released.
    Cancelled,
}

impl EventStatus {
    /// The word in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::OnSale => "on_sale",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status with this word; `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::OnSale, Self::Closed, Self::Cancelled].into_iter().find(|status| status.as_str() == text)
    }

    /// Whether the status may change to `next`. The same status is legal and changes nothing, so a repeated request
    /// succeeds.
    pub fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (from, to) if from == to => true,
            (Self::Draft, Self::OnSale) | (Self::OnSale, Self::Closed) => true,
            (Self::Draft | Self::OnSale | Self::Closed, Self::Cancelled) => true,
            _ => false,
        }
    }
}

/// Terms of sale: the fields of an event that decide which holds it accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTerms {
    pub status: EventStatus,
    /// Currency of all prices; `None` only if all ticket types are free.
    pub currency: Option<Currency>,
    /// Default time to live of a hold, in seconds; `None`: the service's default.
    pub hold_ttl_seconds: Option<u32>,
    /// Largest quantity of one hold, in places; `None`: the service's limit.
    pub max_quantity_per_hold: Option<u32>,
    /// Start of the sale, inclusive; `None`: no limit.
    pub sale_starts_at: Option<Instant>,
    /// End of the sale, exclusive; `None`: no limit.
    pub sale_ends_at: Option<Instant>,
    /// Single-seat rule: refuses a manual selection of seats that leaves single free seats (orphans) and could avoid
    /// it.
    pub orphans_refused: bool,
}

/// Details of an event for display. They have no effect on holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDetails {
    pub name: String,
    pub description: Option<String>,
    pub venue_name: Option<String>,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    /// IANA name of the zone for displayed times.
    pub time_zone: String,
}

impl EventTerms {
    /// Checks that the sale ends after it starts.
    ///
    /// # Errors
    /// The end is not later than the start.
    pub fn validate_times(&self) -> Result<(), Invalid> {
        check_end_after_start("/sale_ends_at", self.sale_starts_at, self.sale_ends_at)
    }
}

impl EventDetails {
    /// Checks that the event ends after it starts.
    ///
    /// # Errors
    /// The end is not later than the start.
    pub fn validate_times(&self) -> Result<(), Invalid> {
        check_end_after_start("/ends_at", self.starts_at, self.ends_at)
    }
}

/// A period without a start or without an end is valid.
fn check_end_after_start(pointer: &str, start: Option<Instant>, end: Option<Instant>) -> Result<(), Invalid> {
    match (start, end) {
        (Some(start), Some(end)) if end <= start => Err(Invalid::new(pointer, "must be later than the start")),
        _ => Ok(()),
    }
}

/// Changes to an event. `None` keeps a field; `Some(None)` clears an optional field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventChanges {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub venue_name: Option<Option<String>>,
    pub starts_at: Option<Option<Instant>>,
    pub ends_at: Option<Option<Instant>>,
    pub time_zone: Option<String>,
    pub status: Option<EventStatus>,
    pub hold_ttl_seconds: Option<Option<u32>>,
    pub max_quantity_per_hold: Option<Option<u32>>,
    pub sale_starts_at: Option<Option<Instant>>,
    pub sale_ends_at: Option<Option<Instant>>,
    /// Only for events with seats.
    pub orphans_refused: Option<bool>,
}

impl EventChanges {
    /// Overwrites the changed fields.
    pub fn apply(&self, details: &mut EventDetails, terms: &mut EventTerms) {
        fn set<T: Clone>(field: &mut T, change: Option<&T>) {
            if let Some(value) = change {
                field.clone_from(value);
            }
        }
        set(&mut details.name, self.name.as_ref());
        set(&mut details.description, self.description.as_ref());
        set(&mut details.venue_name, self.venue_name.as_ref());
        set(&mut details.starts_at, self.starts_at.as_ref());
        set(&mut details.ends_at, self.ends_at.as_ref());
        set(&mut details.time_zone, self.time_zone.as_ref());
        set(&mut terms.status, self.status.as_ref());
        set(&mut terms.hold_ttl_seconds, self.hold_ttl_seconds.as_ref());
        set(&mut terms.max_quantity_per_hold, self.max_quantity_per_hold.as_ref());
        set(&mut terms.sale_starts_at, self.sale_starts_at.as_ref());
        set(&mut terms.sale_ends_at, self.sale_ends_at.as_ref());
        set(&mut terms.orphans_refused, self.orphans_refused.as_ref());
    }
}
