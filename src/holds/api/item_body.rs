//! An item of a hold or booking, as answers show it.

use boxoffice_engine::ids::TicketTypeId;
use boxoffice_engine::model::hold::Item;
use serde::Serialize;
use utoipa::ToSchema;

/// A quantity or seats of one ticket type, at the price that was fixed when the hold was placed.
#[derive(Serialize, ToSchema)]
pub struct ItemBody {
    ticket_type_id: TicketTypeId,
    /// Number of tickets.
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    /// Minor units of the currency (cents).
    #[schema(minimum = 0, example = 2500)]
    unit_price: i64,
    /// `qty` times `unit_price`, minor units.
    #[schema(minimum = 0, example = 5000)]
    total: i64,
    /// Ids of the seats in the event's layout. Absent if the ticket type has no numbered seats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seat_ids: Vec<u32>,
}

impl From<&Item> for ItemBody {
    fn from(item: &Item) -> Self {
        Self {
            ticket_type_id: item.ticket_type_id,
            qty: item.quantity,
            unit_price: item.unit_price,
            total: item.unit_price * i64::from(item.quantity),
            seat_ids: item.seats.iter().map(|seat| seat.0).collect(),
        }
    }
}

impl ItemBody {
    /// Number of tickets.
    pub fn qty(&self) -> u32 {
        self.qty
    }

    /// Price of all tickets of the item, in minor units.
    pub fn total(&self) -> i64 {
        self.total
    }
}
