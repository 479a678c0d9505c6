//! Bookings: holds that became permanent.

use serde::{Deserialize, Serialize};

use crate::ids::{BookingId, EventId, HoldId};
use crate::time::Instant;

/// Status of a booking: confirmed → cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    Confirmed,
    Cancelled,
}

impl BookingStatus {
    /// The word in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status with this word; `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Confirmed, Self::Cancelled].into_iter().find(|status| status.as_str() == text)
    }

    /// Whether the status may change to `next`. The same status is not legal: a second cancellation would return the
    /// capacity twice.
    pub fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Confirmed, Self::Cancelled) => true,
            (Self::Confirmed, Self::Confirmed) | (Self::Cancelled, _) => false,
        }
    }
}

/// Payment of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Nothing was charged. This is also the value for priced holds, until payments exist.
    NotRequired,
}

impl Payment {
    /// The word in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotRequired => "not_required",
        }
    }

    /// The payment with this word; `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::NotRequired].into_iter().find(|payment| payment.as_str() == text)
    }
}

/// A booking as stored. Its items are those of its hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub booking_id: BookingId,
    pub hold_id: HoldId,
    pub event_id: EventId,
    pub status: BookingStatus,
    pub payment: Payment,
    pub created_at: Instant,
    pub cancelled_at: Option<Instant>,
}
