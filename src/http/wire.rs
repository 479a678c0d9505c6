//! Response fields that several resources share.

use serde::{Serialize, Serializer};
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use boxoffice_engine::ids::TicketTypeId;
use boxoffice_engine::model::hold::Item;
use boxoffice_engine::time::Instant;

/// Time in RFC 3339, UTC.
#[derive(Clone, Copy, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2027-03-01T19:00:00Z")]
pub struct Timestamp(pub Instant);

impl Serialize for Timestamp {
    /// Formats on the stack, without an allocation.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let mut buffer = [0_u8; 40]; // The longest text, with nanoseconds, has 30 bytes.
        let mut rest = &mut buffer[..];
        (self.0.to_offset(UtcOffset::UTC)).format_into(&mut rest, &Rfc3339).map_err(S::Error::custom)?;
        // The length follows from the unused rest; the count that `format_into` returns omits parts (time 0.3.55).
        let unused = rest.len();
        let written = &buffer[..buffer.len() - unused];
        serializer.serialize_str(std::str::from_utf8(written).map_err(S::Error::custom)?)
    }
}

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
