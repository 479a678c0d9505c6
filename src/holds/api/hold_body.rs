//! The response body of a hold.

use boxoffice_engine::ids::{BookingId, EventId, HoldId};
use boxoffice_engine::model::hold::{Hold, HoldStatus};
use boxoffice_engine::money::Currency;
use boxoffice_engine::time::{Instant, milliseconds_until};
use serde::Serialize;
use utoipa::ToSchema;

use crate::holds::api::item_body::ItemBody;
use crate::holds::sql::HoldSnapshot;
use crate::http::timestamp::Timestamp;

/// A hold. `payment_token`, `extensions_left` and `booking_id` appear only in some responses.
#[derive(Serialize, ToSchema)]
pub struct HoldBody {
    hold_id: HoldId,
    event_id: EventId,
    status: HoldStatus,
    /// Total quantity of the items.
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    items: Vec<ItemBody>,
    /// Total price of the items in minor units of the currency (cents). Each price was fixed when its item was held.
    #[schema(minimum = 0, example = 5000)]
    total: i64,
    /// ISO 4217 code; null when the event is free.
    #[schema(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    created_at: Timestamp,
    /// The hold is expired from this instant on.
    expires_at: Timestamp,
    /// Milliseconds from `server_time` to `expires_at`; 0 if the hold is not active.
    #[schema(minimum = 0, example = 120_000)]
    expires_in_ms: i64,
    /// The database's time of this response. In the response to placing a hold it equals `created_at`.
    server_time: Timestamp,
    /// Proves possession of the hold. Only in the response to placing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_token: Option<String>,
    /// Number of extensions that are still possible. Only in the response to an extension.
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions_left: Option<u32>,
    /// The booking of a booked hold. Only when a hold is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<BookingId>,
}

impl HoldBody {
    /// Response to placing a hold. It depends only on the hold as it was placed, so a replay has the same bytes.
    pub fn from_placed(hold: &Hold, payment_token: String) -> Self {
        Self { payment_token: Some(payment_token), ..Self::new(hold, hold.created_at) }
    }

    pub fn from_extended(hold: &Hold, extensions_left: u32, server_time: Instant) -> Self {
        Self { extensions_left: Some(extensions_left), ..Self::new(hold, server_time) }
    }

    pub fn from_changed(hold: &Hold, server_time: Instant) -> Self {
        Self::new(hold, server_time)
    }

    pub fn from_current(found: &HoldSnapshot) -> Self {
        Self { booking_id: found.booking_id, ..Self::new(&found.hold, found.server_time) }
    }

    /// The hold at `server_time`. An active hold whose time is over then is shown as expired.
    fn new(hold: &Hold, server_time: Instant) -> Self {
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
