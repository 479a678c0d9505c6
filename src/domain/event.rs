//! Events: their lifecycle and the terms they are sold on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::invalid::Invalid;
use super::money::Currency;
use super::time::Instant;

/// The lifecycle of an event: draft → on_sale → closed, and any of them → cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Being prepared; nobody can hold.
    Draft,
    /// Holds are taken, within the sale's window.
    OnSale,
    /// No new holds; live ones may still be booked until they expire.
    Closed,
    /// Over for good; live holds were released.
    Cancelled,
}

impl EventStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::OnSale => "on_sale",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::OnSale, Self::Closed, Self::Cancelled].into_iter().find(|status| status.as_str() == text)
    }

    /// The legal moves. Staying put is legal and changes nothing, so that a repeated request succeeds.
    pub fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (from, to) if from == to => true,
            (Self::Draft, Self::OnSale) | (Self::OnSale, Self::Closed) => true,
            (Self::Draft | Self::OnSale | Self::Closed, Self::Cancelled) => true,
            _ => false,
        }
    }
}

/// What decides whether and how an event can be held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTerms {
    pub status: EventStatus,
    pub currency: Option<Currency>,
    /// The event's own default time to live of a hold; absent: the service's.
    pub hold_ttl_seconds: Option<u32>,
    /// The event's own limit per hold; absent: the service's.
    pub max_quantity_per_hold: Option<u32>,
    pub sale_starts_at: Option<Instant>,
    pub sale_ends_at: Option<Instant>,
    /// Whether a selection of seats by hand may not leave single seats where that can be avoided.
    pub orphans_refused: bool,
}

/// What is told about an event; none of it decides anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDetails {
    pub name: String,
    pub description: Option<String>,
    pub venue_name: Option<String>,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    /// IANA name.
    pub time_zone: String,
}

impl EventTerms {
    /// The sale ends after it starts.
    pub fn in_order(&self) -> Result<(), Invalid> {
        end_after_start("/sale_ends_at", self.sale_starts_at, self.sale_ends_at)
    }
}

impl EventDetails {
    /// The event ends after it starts.
    pub fn in_order(&self) -> Result<(), Invalid> {
        end_after_start("/ends_at", self.starts_at, self.ends_at)
    }
}

/// A period of which an end is not known is in order.
fn end_after_start(pointer: &str, start: Option<Instant>, end: Option<Instant>) -> Result<(), Invalid> {
    match (start, end) {
        (Some(start), Some(end)) if end <= start => Err(Invalid::new(pointer, "must be later than the start")),
        _ => Ok(()),
    }
}

/// Changes to an event. `None` keeps a field; where a field may be absent, `Some(None)` clears it.
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
    /// Only of events with seats.
    pub orphans_refused: Option<bool>,
}

impl EventChanges {
    /// Writes the changed fields over the old ones.
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
