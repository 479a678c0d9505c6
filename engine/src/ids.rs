//! Ids: UUIDv7, one type per kind of thing, so that the compiler rejects a hold's id in place of an event's.
//!
//! Pool, ticket type, hold and booking ids end in the last two bytes of their event's id, its *affinity*. A command
//! that names only a hold can therefore be queued with its event's other commands without a query. Only the queue
//! relies on these bytes: a command with a forged id waits in another line of the queue, and its batch looks up the
//! real event and locks that.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use rand::Rng;
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::{Builder, Uuid};

/// The last two bytes of an id: the queue key of its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Affinity(u16);

/// Inclusive range of affinities. Each of several installations gives its events affinities of a range of its own, so
/// that a router can tell from an id which installation has its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AffinityRange {
    first: u16,
    last: u16,
}

impl AffinityRange {
    /// All affinities, `0000-ffff`.
    pub const ALL: Self = Self { first: 0, last: u16::MAX };

    /// An affinity of the range; each is equally likely.
    fn choose(self, random: &mut impl Rng) -> Affinity {
        Affinity(random.random_range(self.first..=self.last))
    }
}

/// A text is not a range of affinities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be two numbers of four hexadecimal digits each, as in 0000-7fff, the smaller one first")]
pub struct InvalidAffinityRange;

impl FromStr for AffinityRange {
    type Err = InvalidAffinityRange;

    /// Parses `hhhh-hhhh`: the first and the last affinity, each with four hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, InvalidAffinityRange> {
        let (first, last) = text.split_once('-').ok_or(InvalidAffinityRange)?;
        let range = Self { first: parse_affinity(first)?, last: parse_affinity(last)? };
        if range.first <= range.last { Ok(range) } else { Err(InvalidAffinityRange) }
    }
}

fn parse_affinity(digits: &str) -> Result<u16, InvalidAffinityRange> {
    // `from_str_radix` also accepts a sign and other numbers of digits.
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(InvalidAffinityRange);
    }
    u16::from_str_radix(digits, 16).map_err(|_| InvalidAffinityRange)
}

fn affinity(id: Uuid) -> Affinity {
    let bytes = id.as_bytes();
    Affinity(u16::from_be_bytes([bytes[14], bytes[15]]))
}

/// Replaces the last two bytes of `id`.
fn with_affinity(affinity: Affinity, id: Uuid) -> Uuid {
    let mut bytes = *id.as_bytes();
    bytes[14..].copy_from_slice(&affinity.0.to_be_bytes());
    Uuid::from_bytes(bytes)
}

/// A UUIDv7 whose bits after the time are all random. `Uuid::now_v7` counts up within a millisecond, so ids made at the
/// same moment could be guessed, and knowing its id is enough to read or cancel a booking.
fn random_uuid_v7() -> Uuid {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
    Builder::from_unix_timestamp_millis(milliseconds, &rand::random()).into_uuid()
}

/// Visitor of ids in requests. The one of the `uuid` crate reports a wrong text as a message of its own, which a client
/// would have to be shown as it is.
struct UuidVisitor;

impl Visitor<'_> for UuidVisitor {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Uuid, E> {
        Uuid::try_parse(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

macro_rules! id {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id as in the database and in JSON.
            pub fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(UuidVisitor).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// An id that a command can be queued by.
macro_rules! id_with_affinity {
    ($name:ident, $doc:literal) => {
        id!($name, $doc);

        impl $name {
            /// Queue key of the id's event.
            pub fn affinity(self) -> Affinity {
                affinity(self.0)
            }
        }
    };
}

/// An id of something that belongs to an event.
macro_rules! id_within_event {
    ($name:ident, $doc:literal, $make:expr) => {
        id_with_affinity!($name, $doc);

        impl $name {
            /// A new id with the event's affinity.
            pub fn generate(event: EventId) -> Self {
                Self(with_affinity(event.affinity(), $make()))
            }
        }
    };
}

/// Ids of things that belong to no event.
macro_rules! independent_id {
    ($($name:ident)*) => {
        $(
            impl $name {
                /// A new id. Ids are ordered by creation time.
                pub fn generate() -> Self {
                    Self(Uuid::now_v7())
                }
            }
        )*
    };
}

id_with_affinity!(EventId, "Identifies an event.");
id_within_event!(PoolId, "Identifies a pool. Ids are ordered by creation time.", Uuid::now_v7);
id_within_event!(TicketTypeId, "Identifies a ticket type. Ids are ordered by creation time.", Uuid::now_v7);
id_within_event!(HoldId, "Identifies a hold. Cannot be guessed.", random_uuid_v7);
id_within_event!(BookingId, "Identifies a booking. Cannot be guessed.", random_uuid_v7);
id!(BlockId, "Identifies a block of an event. Chosen by the client that creates the block.");
id!(VenueId, "Identifies a venue.");
id!(SeriesId, "Identifies a series.");
independent_id!(VenueId SeriesId);

impl EventId {
    /// A new id with an affinity of the range. Ids are ordered by creation time.
    pub fn generate(affinities: AffinityRange) -> Self {
        Self(with_affinity(affinities.choose(&mut rand::rng()), Uuid::now_v7()))
    }
}

impl BookingId {
    /// A new id with the affinity of the booking's hold. The hold's event need not be known.
    pub fn generate_from_hold(hold: HoldId) -> Self {
        Self(with_affinity(hold.affinity(), random_uuid_v7()))
    }
}
