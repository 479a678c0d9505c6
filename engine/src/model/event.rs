//! Events: status, terms of sale, and changes. Their descriptive fields are carried unread.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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

impl EventTerms {
    /// Checks that the sale ends after it starts.
    ///
    /// # Errors
    /// The end is not later than the start.
    pub fn validate_times(&self) -> Result<(), Invalid> {
        check_end_after_start("/sale_ends_at", self.sale_starts_at, self.sale_ends_at)
    }
}

/// Checks that a period ends after it starts. A period without a start or without an end is valid. `pointer` is that of
/// the end.
///
/// # Errors
/// The end is not later than the start.
pub fn check_end_after_start(pointer: &str, start: Option<Instant>, end: Option<Instant>) -> Result<(), Invalid> {
    match (start, end) {
        (Some(start), Some(end)) if end <= start => Err(Invalid::new(pointer, "must be later than the start")),
        _ => Ok(()),
    }
}

/// What describes an event and has no effect on holds: an object with a member per column. The engine loads, merges,
/// compares and stores it, and reads no member of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct OpaqueDetails(pub Map<String, Value>);

/// New values of some members of an event's details.
#[derive(Clone, Debug)]
pub struct DetailsChanges {
    /// In the form that `to_jsonb` gives to the columns. Equal values in another form count as a change.
    pub members: Map<String, Value>,
    /// Rule for the details as a whole. It is applied to the details after the change, under the event's lock, because
    /// it also depends on members that do not change.
    pub validate: fn(&OpaqueDetails) -> Result<(), Invalid>,
}

impl DetailsChanges {
    /// The details after the change.
    ///
    /// # Errors
    /// The new details are not valid as a whole.
    pub fn apply(&self, details: &OpaqueDetails) -> Result<OpaqueDetails, Invalid> {
        let mut changed = details.clone();
        changed.0.extend(self.members.clone());
        (self.validate)(&changed)?;
        Ok(changed)
    }
}

/// Changes to an event.
#[derive(Clone, Debug, Default)]
pub struct EventChanges {
    /// `None` keeps all details.
    pub details: Option<DetailsChanges>,
    pub terms: TermChanges,
}

/// Changes to the terms of sale. `None` keeps a field; `Some(None)` clears an optional field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermChanges {
    pub status: Option<EventStatus>,
    pub hold_ttl_seconds: Option<Option<u32>>,
    pub max_quantity_per_hold: Option<Option<u32>>,
    pub sale_starts_at: Option<Option<Instant>>,
    pub sale_ends_at: Option<Option<Instant>>,
    /// Only for events with seats.
    pub orphans_refused: Option<bool>,
}

impl TermChanges {
    /// The terms after the change.
    ///
    /// # Errors
    /// The sale would not end after it starts.
    pub fn apply(&self, terms: &EventTerms) -> Result<EventTerms, Invalid> {
        let changed = EventTerms {
            status: self.status.unwrap_or(terms.status),
            currency: terms.currency,
            hold_ttl_seconds: self.hold_ttl_seconds.unwrap_or(terms.hold_ttl_seconds),
            max_quantity_per_hold: self.max_quantity_per_hold.unwrap_or(terms.max_quantity_per_hold),
            sale_starts_at: self.sale_starts_at.unwrap_or(terms.sale_starts_at),
            sale_ends_at: self.sale_ends_at.unwrap_or(terms.sale_ends_at),
            orphans_refused: self.orphans_refused.unwrap_or(terms.orphans_refused),
        };
        changed.validate_times()?;
        Ok(changed)
    }
}
