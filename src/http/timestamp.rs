//! Response fields that several resources share.

use boxoffice_engine::time::Instant;
use serde::{Serialize, Serializer};
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

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
