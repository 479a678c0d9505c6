//! What several resources write.

use serde::{Serialize, Serializer};
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use crate::domain::hold::Item;
use crate::domain::ids::TicketTypeId;
use crate::domain::time::Instant;

/// RFC 3339 in UTC, written without going through the heap.
#[derive(Clone, Copy, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2027-03-01T19:00:00Z")]
pub struct Timestamp(pub Instant);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let mut buffer = [0_u8; 40]; // The longest, with nanoseconds, has 30 bytes.
        let mut rest = &mut buffer[..];
        (self.0.to_offset(UtcOffset::UTC)).format_into(&mut rest, &Rfc3339).map_err(S::Error::custom)?;
        // What is left over tells the length; the returned count leaves parts out (time 0.3.55).
        let unused = rest.len();
        let written = &buffer[..buffer.len() - unused];
        serializer.serialize_str(std::str::from_utf8(written).map_err(S::Error::custom)?)
    }
}

/// A quantity of one ticket type, or seats that are sold as it, at the price that was fixed when it was held.
#[derive(Serialize, ToSchema)]
pub struct ItemBody {
    ticket_type_id: TicketTypeId,
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    /// Minor units of the currency (cents).
    #[schema(minimum = 0, example = 2500)]
    unit_price: i64,
    /// `qty` times `unit_price`, minor units.
    #[schema(minimum = 0, example = 5000)]
    total: i64,
    /// Of seats: which, by their place in the event's layout.
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
    pub fn qty(&self) -> u32 {
        self.qty
    }

    pub fn total(&self) -> i64 {
        self.total
    }
}
