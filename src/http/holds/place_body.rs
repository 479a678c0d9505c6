//! A hold to be placed, and what its items shall become, parsed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wanted_body::{BestAvailableBody, ItemWantedBody, WantedMembers};
use crate::domain::hold::{HOLD_TTL_SECONDS_MAX, HOLD_TTL_SECONDS_MIN, Wanted};
use crate::domain::ids::EventId;
use crate::error::ApiError;
use crate::http::body::Object;

/// A hold to be placed: one of `qty`, of an event's only ticket type, `items`, `seat_ids` and `best_available`.
// Written back for the fingerprint, hence `Serialize`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"event_id": "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11", "qty": 2}))]
pub struct PlaceBody {
    event_id: EventId,
    /// How many places, of the event's only ticket type.
    #[schema(minimum = 1, maximum = 10_000_000, example = 2)]
    qty: Option<i64>,
    /// How many, or which seats, of which ticket types; one that is named twice is added up.
    #[schema(value_type = Option<Vec<ItemWantedBody>>, min_items = 1, max_items = 50)]
    items: Option<Vec<Object<ItemWantedBody>>>,
    /// These seats, all or none, each as the only ticket type of its pool. No more than one hold may have.
    #[schema(min_items = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_ids: Option<Vec<i64>>,
    /// The best seats that there are for a group.
    #[schema(value_type = Option<BestAvailableBody>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    best_available: Option<Object<BestAvailableBody>>,
    /// Seconds until the hold expires. Without it the event's own default, else the service's.
    #[schema(minimum = 10, maximum = 900, example = 120)]
    ttl_seconds: Option<i64>,
}

/// What the items of a hold shall become: one of `qty`, `items`, `seat_ids` and `best_available`, as when a hold is placed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seat_ids": [17, 18, 19]}))]
pub struct ChangeItemsBody {
    /// How many places, of the event's only ticket type.
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
    /// # Errors
    /// As for a hold that is placed.
    pub fn wanted(&self, quantity_max: u32) -> Result<Wanted, ApiError> {
        WantedMembers::of(self.qty, &self.items, &self.seat_ids, &self.best_available).wanted(quantity_max)
    }
}

impl PlaceBody {
    pub fn event_id(&self) -> EventId {
        self.event_id
    }

    /// What is wanted. `quantity_max` is the service's limit per hold: what a quantity that is out of any range is told.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` when it is not said in exactly one way or a seat is named twice, `QUANTITY_OUT_OF_RANGE`.
    pub fn wanted(&self, quantity_max: u32) -> Result<Wanted, ApiError> {
        WantedMembers::of(self.qty, &self.items, &self.seat_ids, &self.best_available).wanted(quantity_max)
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
