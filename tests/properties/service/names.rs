//! Ids and tokens that the service gave to the model's numbered objects.

use std::collections::BTreeMap;

use test_support::model::{BlockNo, BookingNo, EventNo, HoldNo, KeyNo, Op, PoolNo, TypeNo};
use uuid::Uuid;

/// Id that no object has. It sorts after all ids of ticket types, as [`UNKNOWN_NUMBER`] sorts after all their numbers.
const UNKNOWN_ID: &str = "ffffffff-ffff-7fff-bfff-fffffffffffe";
const UNKNOWN_NUMBER: usize = 999_999;

#[derive(Clone, Debug)]
pub struct Held {
    pub id: String,
    pub token: String,
}

/// Ids and tokens of one case.
#[derive(Clone, Debug)]
pub struct Names {
    pub events: Vec<String>,
    pub pools: Vec<String>,
    pub types: Vec<String>,
    pub holds: BTreeMap<HoldNo, Held>,
    pub bookings: BTreeMap<BookingNo, String>,
    /// Common prefix of the idempotency keys of this case.
    keys: u128,
}

impl Names {
    pub fn new() -> Self {
        let keys = Uuid::now_v7().as_u128() & !u128::from(u16::MAX);
        let (holds, bookings) = (BTreeMap::new(), BTreeMap::new());
        Self { events: vec![], pools: vec![], types: vec![], holds, bookings, keys }
    }

    pub fn event(&self, event: EventNo) -> &str {
        self.events.get(event).map_or(UNKNOWN_ID, String::as_str)
    }

    pub fn pool(&self, pool: PoolNo) -> &str {
        self.pools.get(pool).map_or(UNKNOWN_ID, String::as_str)
    }

    pub fn ticket_type(&self, type_no: TypeNo) -> &str {
        self.types.get(type_no).map_or(UNKNOWN_ID, String::as_str)
    }

    pub fn hold(&self, hold: HoldNo) -> &str {
        self.holds.get(&hold).map_or(UNKNOWN_ID, |held| &held.id)
    }

    pub fn booking(&self, booking: BookingNo) -> &str {
        self.bookings.get(&booking).map_or(UNKNOWN_ID, String::as_str)
    }

    /// Payment token of a hold; a wrong one unless `proven`.
    pub fn token(&self, hold: HoldNo, proven: bool) -> String {
        let token = self.holds.get(&hold).map_or("of no hold", |held| &held.token);
        if proven { token.to_owned() } else { token.chars().rev().collect() }
    }

    pub fn key(&self, key: KeyNo) -> String {
        Uuid::from_u128(self.keys + key as u128).to_string()
    }

    /// Request as a client can send it: numbers of holds and bookings whose ids are not known yet become
    /// [`UNKNOWN_NUMBER`].
    pub fn with_known_numbers(&self, op: &Op) -> Op {
        let mut op = op.clone();
        match &mut op {
            Op::Extend { hold, .. }
            | Op::Release { hold, .. }
            | Op::ExpireDue { hold }
            | Op::ExpireNow { hold }
            | Op::ChangeItems { hold, .. }
            | Op::Book { hold, .. } => replace_unless(self.holds.contains_key(hold), hold),
            Op::Cancel { booking } => replace_unless(self.bookings.contains_key(booking), booking),
            Op::Place(_)
            | Op::Resize { .. }
            | Op::Block(_)
            | Op::Unblock { .. }
            | Op::Amend { .. }
            | Op::Delete { .. } => {}
        }
        op
    }
}

/// Block id, which the client chooses. It is unique within an event only.
pub fn block_id(block: BlockNo) -> String {
    Uuid::from_u128(block as u128).to_string()
}

fn replace_unless(known: bool, number: &mut usize) {
    if !known {
        *number = UNKNOWN_NUMBER;
    }
}
