//! A hold as clients see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::hold::{Hold, HoldStatus};
use crate::domain::ids::{BookingId, EventId, HoldId};
use crate::domain::money::Currency;
use crate::domain::time::{Instant, milliseconds_until};
use crate::http::wire::{ItemBody, Timestamp};
use crate::queries::hold::HoldNow;

/// A hold. The last three members appear only where they are known.
#[derive(Serialize, ToSchema)]
pub struct HoldBody {
    hold_id: HoldId,
    event_id: EventId,
    status: HoldStatus,
    /// Sum of the items.
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    items: Vec<ItemBody>,
    /// Minor units of the currency (cents), fixed when the hold was placed.
    #[schema(minimum = 0, example = 5000)]
    total: i64,
    /// ISO 4217; null when the event is free.
    #[schema(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    created_at: Timestamp,
    /// Half-open: at this instant the hold is expired.
    expires_at: Timestamp,
    /// Milliseconds from `server_time` to `expires_at`; 0 when there is no time left.
    #[schema(minimum = 0, example = 120_000)]
    expires_in_ms: i64,
    /// The database's time when this was said. When a hold is placed, that is `created_at`.
    server_time: Timestamp,
    /// Proves possession of the hold. Told only to who placed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_token: Option<String>,
    /// How often it can still be extended. Told when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions_left: Option<u32>,
    /// The booking that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<BookingId>,
}

impl HoldBody {
    /// Everything comes from the hold as it was placed, so a replay says the same, to the byte.
    pub fn placed(hold: &Hold, payment_token: String) -> Self {
        Self { payment_token: Some(payment_token), ..Self::at(hold, hold.created_at) }
    }

    pub fn extended(hold: &Hold, extensions_left: u32, at: Instant) -> Self {
        Self { extensions_left: Some(extensions_left), ..Self::at(hold, at) }
    }

    pub fn changed(hold: &Hold, at: Instant) -> Self {
        Self::at(hold, at)
    }

    pub fn now(found: &HoldNow) -> Self {
        Self { booking_id: found.booking_id, ..Self::at(&found.hold, found.server_time) }
    }

    fn at(hold: &Hold, server_time: Instant) -> Self {
        let status = if hold.is_overdue(server_time) { HoldStatus::Expired } else { hold.status };
        let expires_in_ms = match status {
            HoldStatus::Active => milliseconds_until(hold.expires_at, server_time),
            HoldStatus::Booked | HoldStatus::Released | HoldStatus::Expired => 0,
        };
        Self {
            hold_id: hold.hold_id,
            event_id: hold.event_id,
            status,
            qty: hold.quantity(),
            items: hold.items.iter().map(ItemBody::from).collect(),
            total: hold.total(),
            currency: hold.currency,
            created_at: Timestamp(hold.created_at),
            expires_at: Timestamp(hold.expires_at),
            expires_in_ms,
            server_time: Timestamp(server_time),
            payment_token: None,
            extensions_left: None,
            booking_id: None,
        }
    }
}
