//! Ids: UUIDv7, one type per thing, so that a hold's id cannot stand where an event's belongs.
//!
//! Every id that belongs to an event ends in the last two bytes of the event's id, its *affinity*. A command that names
//! only a hold can therefore wait in the event's own line without asking the database. Nothing but that trusts these
//! bytes: a command with a forged id waits in another line, and its batch looks up the true event like any other and
//! locks that.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{Builder, Uuid};

/// The bytes of an id that say with whom its commands wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Affinity(u16);

fn affinity(id: Uuid) -> Affinity {
    let bytes = id.as_bytes();
    Affinity(u16::from_be_bytes([bytes[14], bytes[15]]))
}

fn with_affinity_of(event: EventId, id: Uuid) -> Uuid {
    let mut bytes = *id.as_bytes();
    bytes[14..].copy_from_slice(&event.0.as_bytes()[14..]);
    Uuid::from_bytes(bytes)
}

/// A UUIDv7 whose every bit after the time is chance. The crate's own counts up within a millisecond, which would make the
/// ids of those who came at the same moment guessable; an id is all that it takes to look at, or cancel, a booking.
fn unguessable() -> Uuid {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
    Builder::from_unix_timestamp_millis(milliseconds, &rand::random()).into_uuid()
}

macro_rules! id {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id as the database and the wire have it.
            pub fn as_uuid(self) -> Uuid {
                self.0
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

/// Ids that commands name.
macro_rules! id_with_affinity {
    ($name:ident, $doc:literal) => {
        id!($name, $doc);

        impl $name {
            /// With whom its commands wait.
            pub fn affinity(self) -> Affinity {
                affinity(self.0)
            }
        }
    };
}

/// Ids of what belongs to an event.
macro_rules! id_of_an_event {
    ($name:ident, $doc:literal, $make:expr) => {
        id_with_affinity!($name, $doc);

        impl $name {
            /// A new id that shares the event's affinity.
            pub fn generate(event: EventId) -> Self {
                Self(with_affinity_of(event, $make()))
            }
        }
    };
}

/// Ids of what stands by itself.
macro_rules! id_of_its_own {
    ($($name:ident)*) => {
        $(
            impl $name {
                /// A new id. In the order of making.
                pub fn generate() -> Self {
                    Self(Uuid::now_v7())
                }
            }
        )*
    };
}

id_with_affinity!(EventId, "Identifies an event.");
id_of_an_event!(PoolId, "Identifies a pool. In the order of making.", Uuid::now_v7);
id_of_an_event!(TicketTypeId, "Identifies a ticket type. In the order of making.", Uuid::now_v7);
id_of_an_event!(HoldId, "Identifies a hold. Cannot be guessed.", unguessable);
id_of_an_event!(BookingId, "Identifies a booking. Cannot be guessed.", unguessable);
id!(BlockId, "Identifies a block of an event. Whoever makes the block chooses it.");
id!(VenueId, "Identifies a venue.");
id!(SeriesId, "Identifies a series.");
id_of_its_own!(EventId VenueId SeriesId);

impl BookingId {
    /// A new booking's id, with the affinity of the hold that it is made of; the hold's event need not be known.
    pub fn generate_for(hold: HoldId) -> Self {
        Self(with_affinity_of(EventId(hold.0), unguessable()))
    }
}
