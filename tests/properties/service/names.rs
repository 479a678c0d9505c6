//! Names: the ids and tokens that the service gave to what the model has numbers for.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::model::{BlockNo, BookingNo, EventNo, HoldNo, KeyNo, Op, PoolNo, TypeNo};

/// An id that nothing has. It is larger than all that are made, as the number is, so that both sort alike.
const NOBODY: &str = "ffffffff-ffff-7fff-bfff-fffffffffffe";
const NO_NUMBER: usize = 999_999;

#[derive(Clone, Debug)]
pub struct Held {
    pub id: String,
    pub token: String,
}

/// The names of one case.
#[derive(Clone, Debug)]
pub struct Names {
    pub events: Vec<String>,
    pub pools: Vec<String>,
    pub types: Vec<String>,
    pub holds: BTreeMap<HoldNo, Held>,
    pub bookings: BTreeMap<BookingNo, String>,
    /// What the idempotency keys of this case begin with.
    keys: u128,
}

impl Names {
    pub fn none() -> Self {
        let keys = Uuid::now_v7().as_u128() & !u128::from(u16::MAX);
        let (holds, bookings) = (BTreeMap::new(), BTreeMap::new());
        Self { events: vec![], pools: vec![], types: vec![], holds, bookings, keys }
    }

    pub fn event(&self, event: EventNo) -> &str {
        self.events.get(event).map_or(NOBODY, String::as_str)
    }

    pub fn pool(&self, pool: PoolNo) -> &str {
        self.pools.get(pool).map_or(NOBODY, String::as_str)
    }

    pub fn of_type(&self, of_type: TypeNo) -> &str {
        self.types.get(of_type).map_or(NOBODY, String::as_str)
    }

    pub fn hold(&self, hold: HoldNo) -> &str {
        self.holds.get(&hold).map_or(NOBODY, |held| &held.id)
    }

    pub fn booking(&self, booking: BookingNo) -> &str {
        self.bookings.get(&booking).map_or(NOBODY, String::as_str)
    }

    /// The token of a hold, or one that is wrong.
    pub fn token(&self, hold: HoldNo, proven: bool) -> String {
        let token = self.holds.get(&hold).map_or("of no hold", |held| &held.token);
        if proven { token.to_owned() } else { token.chars().rev().collect() }
    }

    pub fn key(&self, key: KeyNo) -> String {
        Uuid::from_u128(self.keys + key as u128).to_string()
    }

    /// The request as a client can make it: what it never heard of has no name, whatever becomes of it later.
    pub fn as_known(&self, op: &Op) -> Op {
        let mut op = op.clone();
        match &mut op {
            Op::Extend { hold, .. }
            | Op::Release { hold, .. }
            | Op::ExpireDue { hold }
            | Op::ExpireNow { hold }
            | Op::ChangeItems { hold, .. }
            | Op::Book { hold, .. } => forget_unless(self.holds.contains_key(hold), hold),
            Op::Cancel { booking } => forget_unless(self.bookings.contains_key(booking), booking),
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

/// Whoever makes a block chooses its id, which is of its event alone.
pub fn block_id(block: BlockNo) -> String {
    Uuid::from_u128(block as u128).to_string()
}

fn forget_unless(known: bool, number: &mut usize) {
    if !known {
        *number = NO_NUMBER;
    }
}
