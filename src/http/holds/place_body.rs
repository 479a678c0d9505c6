//! What a client asks for, parsed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::hold::{HOLD_TTL_SECONDS_MAX, HOLD_TTL_SECONDS_MIN, ITEMS_PER_HOLD_MAX, Wanted};
use crate::domain::ids::{EventId, TicketTypeId};
use crate::domain::quantity::Quantity;
use crate::error::{ApiError, ErrorCode};
use crate::http::body::Object;

/// A hold to be placed: either `qty`, of an event's only ticket type, or `items`.
// Written back for the fingerprint, hence `Serialize`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"event_id": "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11", "qty": 2}))]
pub struct PlaceBody {
    event_id: EventId,
    /// How many places, of the event's only ticket type. Not together with `items`.
    #[schema(minimum = 1, maximum = 10_000_000, example = 2)]
    qty: Option<i64>,
    /// How many of which ticket types; one that is named twice is added up. Not together with `qty`.
    #[schema(value_type = Option<Vec<ItemWantedBody>>, min_items = 1, max_items = 50)]
    items: Option<Vec<Object<ItemWantedBody>>>,
    /// Seconds until the hold expires. Without it the event's own default, else the service's.
    #[schema(minimum = 10, maximum = 900, example = 120)]
    ttl_seconds: Option<i64>,
}

/// A quantity of one ticket type.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemWantedBody {
    ticket_type_id: TicketTypeId,
    #[schema(minimum = 1, maximum = 10_000_000, example = 2)]
    qty: i64,
}

impl PlaceBody {
    pub fn event_id(&self) -> EventId {
        self.event_id
    }

    /// What is wanted. `quantity_max` is the service's limit per hold: what a quantity that is out of any range is told.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` when it is not said in exactly one way, `QUANTITY_OUT_OF_RANGE`.
    pub fn wanted(&self, quantity_max: u32) -> Result<Wanted, ApiError> {
        match (self.qty, &self.items) {
            (Some(qty), None) => Quantity::new(qty).map(Wanted::Places).ok_or_else(|| out_of_range(qty, quantity_max)),
            (None, Some(items)) => wanted_items(items, quantity_max),
            (Some(_), Some(_)) => Err(ApiError::invalid("/items", "Give either qty or items, not both")),
            (None, None) => Err(ApiError::invalid("/qty", "Give either qty or items")),
        }
    }

    /// # Errors
    /// `VALIDATION_FAILED` outside [`HOLD_TTL_SECONDS_MIN`] to [`HOLD_TTL_SECONDS_MAX`].
    pub fn ttl_seconds(&self) -> Result<Option<u32>, ApiError> {
        let Some(asked) = self.ttl_seconds else { return Ok(None) };
        let ttl_seconds = u32::try_from(asked).ok();
        match ttl_seconds.filter(|seconds| (HOLD_TTL_SECONDS_MIN..=HOLD_TTL_SECONDS_MAX).contains(seconds)) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(ApiError::invalid(
                "/ttl_seconds",
                format!("A hold lives from {HOLD_TTL_SECONDS_MIN} to {HOLD_TTL_SECONDS_MAX} seconds"),
            )
            .with("min", HOLD_TTL_SECONDS_MIN)
            .with("max", HOLD_TTL_SECONDS_MAX)),
        }
    }
}

/// In the order of the ids, as the database gives them back: a replay then reads like the first answer.
fn wanted_items(items: &[Object<ItemWantedBody>], quantity_max: u32) -> Result<Wanted, ApiError> {
    if items.is_empty() || items.len() > ITEMS_PER_HOLD_MAX {
        return Err(ApiError::invalid("/items", format!("A hold has 1 to {ITEMS_PER_HOLD_MAX} items")));
    }
    let mut sums: BTreeMap<TicketTypeId, Quantity> = BTreeMap::new();
    for Object(ItemWantedBody { ticket_type_id, qty }) in items {
        let out_of_range = |requested| out_of_range(requested, quantity_max).with("ticket_type_id", ticket_type_id);
        let quantity = Quantity::new(*qty).ok_or_else(|| out_of_range(*qty))?;
        let sum = match sums.get(ticket_type_id) {
            Some(before) => before
                .plus(quantity)
                .ok_or_else(|| out_of_range(i64::from(before.get()) + i64::from(quantity.get())))?,
            None => quantity,
        };
        sums.insert(*ticket_type_id, sum);
    }
    Ok(Wanted::Items(sums.into_iter().collect()))
}

fn out_of_range(requested: i64, quantity_max: u32) -> ApiError {
    ApiError::new(ErrorCode::QuantityOutOfRange).with("requested", requested).with("min", 1).with("max", quantity_max)
}
