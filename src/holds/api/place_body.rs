//! Request bodies for placing a hold and for changing its items, and how they are parsed.

use boxoffice_engine::ids::EventId;
use boxoffice_engine::model::hold::{HOLD_TTL_SECONDS_MAX, HOLD_TTL_SECONDS_MIN, RequestedItems};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wanted_body::{BestAvailableBody, ItemWantedBody, RequestedMembers};
use crate::error::ApiError;
use crate::http::body::Object;

/// A new hold. It has exactly one of `qty`, `items`, `seat_ids` and `best_available`.
// `Serialize`, because the idempotency fingerprint is computed from the serialised body.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"event_id": "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11", "qty": 2}))]
pub struct PlaceBody {
    event_id: EventId,
    /// Number of places of the event's only ticket type.
    #[schema(minimum = 1, maximum = 10_000_000, example = 2)]
    qty: Option<i64>,
    /// Quantities or seats by ticket type. Entries of the same ticket type are added up.
    #[schema(value_type = Option<Vec<ItemWantedBody>>, min_items = 1, max_items = 50)]
    items: Option<Vec<Object<ItemWantedBody>>>,
    /// Seats, all or none, each as the only ticket type of its pool. At most the largest quantity of one hold.
    #[schema(min_items = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_ids: Option<Vec<i64>>,
    /// The best available seats for a group.
    #[schema(value_type = Option<BestAvailableBody>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    best_available: Option<Object<BestAvailableBody>>,
    /// Seconds until the hold expires. The default is the event's, or else the service's.
    #[schema(minimum = 10, maximum = 900, example = 120)]
    ttl_seconds: Option<i64>,
}

/// The new items of a hold: exactly one of `qty`, `items`, `seat_ids` and `best_available`, as when a hold is placed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seat_ids": [17, 18, 19]}))]
pub struct ChangeItemsBody {
    /// Number of places of the event's only ticket type.
    #[schema(minimum = 1, maximum = 10_000_000, example = 3)]
    qty: Option<i64>,
    #[schema(value_type = Option<Vec<ItemWantedBody>>, min_items = 1, max_items = 50)]
    items: Option<Vec<Object<ItemWantedBody>>>,
    #[schema(min_items = 1)]
    seat_ids: Option<Vec<i64>>,
    #[schema(value_type = Option<BestAvailableBody>)]
    best_available: Option<Object<BestAvailableBody>>,
}

impl ChangeItemsBody {
    /// Parses the new items.
    ///
    /// # Errors
    /// As for [`PlaceBody::requested_items`].
    pub fn requested_items(&self, quantity_max: u32) -> Result<RequestedItems, ApiError> {
        RequestedMembers::new(self.qty, &self.items, &self.seat_ids, &self.best_available).requested_items(quantity_max)
    }
}

impl PlaceBody {
    pub fn event_id(&self) -> EventId {
        self.event_id
    }

    /// Parses the requested items. `quantity_max` is the service's limit per hold.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` unless exactly one of the members is given, or when a seat is named twice;
    /// `QUANTITY_OUT_OF_RANGE`.
    pub fn requested_items(&self, quantity_max: u32) -> Result<RequestedItems, ApiError> {
        RequestedMembers::new(self.qty, &self.items, &self.seat_ids, &self.best_available).requested_items(quantity_max)
    }

    /// The requested time to live in seconds, if any.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` outside [`HOLD_TTL_SECONDS_MIN`] to [`HOLD_TTL_SECONDS_MAX`].
    pub fn ttl_seconds(&self) -> Result<Option<u32>, ApiError> {
        let Some(requested) = self.ttl_seconds else { return Ok(None) };
        let ttl_seconds = u32::try_from(requested).ok();
        match ttl_seconds.filter(|seconds| (HOLD_TTL_SECONDS_MIN..=HOLD_TTL_SECONDS_MAX).contains(seconds)) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(ApiError::invalid(
                "/ttl_seconds",
                format!("must be {HOLD_TTL_SECONDS_MIN} to {HOLD_TTL_SECONDS_MAX} seconds"),
            )
            .with_member("min", HOLD_TTL_SECONDS_MIN)
            .with_member("max", HOLD_TTL_SECONDS_MAX)),
        }
    }
}
