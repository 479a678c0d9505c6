//! Names of the constraints that code maps to a response. A test compares the whole schema with tests/golden/schema.txt,
//! so a constraint cannot be renamed in a migration alone.

pub const EVENTS_PKEY: &str = "events_pkey";
pub const EVENTS_SERIES_FKEY: &str = "events_series_fkey";
pub const HOLDS_IDEMPOTENCY_KEY_UNIQUE: &str = "holds_idempotency_key_unique";
pub const SERIES_PKEY: &str = "series_pkey";
pub const VENUES_PKEY: &str = "venues_pkey";
