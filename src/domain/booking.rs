//! Bookings: a hold made permanent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::{BookingId, EventId, HoldId};
use super::time::Instant;

/// Confirmed, until it is cancelled, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    Confirmed,
    Cancelled,
}

impl BookingStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Confirmed, Self::Cancelled].into_iter().find(|status| status.as_str() == text)
    }

    /// The legal moves: a booking is cancelled once. Staying put is none, or its room could be given back twice.
    pub fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Confirmed, Self::Cancelled) => true,
            (Self::Confirmed, Self::Confirmed) | (Self::Cancelled, _) => false,
        }
    }
}

/// How a booking was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Nothing was charged. Until payments exist this is so for priced holds too.
    NotRequired,
}

impl Payment {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotRequired => "not_required",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::NotRequired].into_iter().find(|payment| payment.as_str() == text)
    }
}

/// A booking as the database has it. Its items are its hold's.
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
