//! A naive model of the booking service: what each request must be answered, written from the rules and not from the code.
//!
//! It is obvious in place of fast: no counters, no rows, nothing that is swept. Lists are scanned, and what a hold is
//! follows from the time. It knows nothing of the service's types, so it judges the pure decision and the real server alike.

#[path = "model/blocks.rs"]
mod blocks;
#[path = "model/change.rs"]
mod change;
#[path = "model/chooser.rs"]
mod chooser;
#[path = "model/dice.rs"]
pub mod dice;
#[path = "model/events.rs"]
mod events;
#[path = "model/holds.rs"]
mod holds;
#[path = "model/place.rs"]
mod place;
#[path = "model/random.rs"]
pub mod random;
#[path = "model/words.rs"]
mod words;

pub use words::*;

/// The rules of the service, where an event does not say otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub ttl: Seconds,
    pub max_quantity: u32,
    /// From when a hold was placed.
    pub max_lifetime: Seconds,
    pub max_extensions: u32,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub status: Status,
    pub ttl: Option<Seconds>,
    pub max_quantity: Option<u32>,
    pub starts: Option<Seconds>,
    pub ends: Option<Seconds>,
    pub sale_starts: Option<Seconds>,
    pub sale_ends: Option<Seconds>,
    pub deleted: bool,
}

#[derive(Clone, Debug)]
pub struct Pool {
    pub event: EventNo,
    pub capacity: u32,
}

#[derive(Clone, Debug)]
pub struct TicketType {
    pub pool: PoolNo,
    pub price: i64,
    pub min: Option<u32>,
    pub max: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Hold {
    /// The request that made it.
    pub asked: Place,
    /// What it was answered.
    pub placed: HoldView,
    /// What it has now, as in `placed`.
    pub items: Vec<(TypeNo, u32, i64)>,
    pub ttl: Seconds,
    pub expires: Seconds,
    pub extensions: u32,
    pub ended: Option<Ended>,
}

/// How somebody ended a hold. Time ends it without being written down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ended {
    Booked,
    Released,
    ByOperator(Seconds),
}

/// What a hold is at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    Active,
    Booked,
    Released,
    Expired(Seconds),
}

impl Hold {
    /// Half-open: at the instant of its expiry it is expired.
    pub fn state(&self, now: Seconds) -> State {
        match self.ended {
            Some(Ended::Booked) => State::Booked,
            Some(Ended::Released) => State::Released,
            Some(Ended::ByOperator(at)) => State::Expired(at),
            None if now >= self.expires => State::Expired(self.expires),
            None => State::Active,
        }
    }

    /// As it is told now.
    pub fn view(&self) -> HoldView {
        HoldView {
            quantity: self.items.iter().map(|(_, quantity, _)| quantity).sum(),
            total: self.items.iter().map(|(_, quantity, price)| i64::from(*quantity) * price).sum(),
            items: self.items.clone(),
            expires: self.expires,
            ..self.placed.clone()
        }
    }
}

#[derive(Clone, Debug)]
pub struct Booking {
    pub booking: BookingNo,
    pub hold: HoldNo,
    pub created: Seconds,
    pub cancelled: Option<Seconds>,
}

#[derive(Clone, Debug)]
pub struct Model {
    pub rules: Rules,
    pub events: Vec<Event>,
    pub pools: Vec<Pool>,
    pub types: Vec<TicketType>,
    pub holds: Vec<Hold>,
    pub bookings: Vec<Booking>,
    pub blocks: Vec<BlockView>,
}

impl Model {
    pub fn new(rules: Rules) -> Self {
        Self { rules, events: vec![], pools: vec![], types: vec![], holds: vec![], bookings: vec![], blocks: vec![] }
    }

    /// Does what is asked, if it may be done, and says what must be answered. Time never goes back between calls.
    pub fn apply(&mut self, op: &Op, now: Seconds) -> Expected {
        let answer = match op {
            Op::Place(place) => self.place(place, now),
            Op::Extend { hold, proven } => self.extend(*hold, *proven, now),
            Op::Release { hold, proven } => self.release(*hold, *proven, now),
            Op::ExpireDue { hold } => self.expire_due(*hold, now),
            Op::ExpireNow { hold } => self.expire_now(*hold, now),
            Op::ChangeItems { hold, proven, wanted } => self.change_items(*hold, *proven, wanted, now),
            Op::Book { booking, hold, proven, portion } => {
                self.book((*booking, *hold), *proven, portion.as_deref(), now)
            }
            Op::Cancel { booking } => self.cancel(*booking, now),
            Op::Resize { pool, capacity } => self.resize(*pool, *capacity, now),
            Op::Block(block) => self.block(block, now),
            Op::Unblock { event, block } => self.unblock(*event, *block),
            Op::Amend { event, change } => self.amend(*event, change, now),
            Op::Delete { event } => self.delete(*event),
        };
        answer.unwrap_or_else(Expected::Refused)
    }

    /// Places of a pool in live holds.
    pub fn held(&self, pool: PoolNo, now: Seconds) -> u32 {
        let live = self.holds.iter().filter(|hold| hold.state(now) == State::Active);
        live.map(|hold| self.quantity_in(hold, pool)).sum()
    }

    /// Places of a pool in holds that time alone has ended. Who counts rows may find them held until somebody sweeps.
    pub fn overdue(&self, pool: PoolNo, now: Seconds) -> u32 {
        let by_time = self.holds.iter().filter(|hold| hold.ended.is_none() && hold.state(now) != State::Active);
        by_time.map(|hold| self.quantity_in(hold, pool)).sum()
    }

    /// Places of a pool in bookings that were not cancelled.
    pub fn booked(&self, pool: PoolNo) -> u32 {
        let confirmed = self.bookings.iter().filter(|booking| booking.cancelled.is_none());
        let holds = confirmed.filter_map(|booking| self.holds.iter().find(|hold| hold.asked.hold == booking.hold));
        holds.map(|hold| self.quantity_in(hold, pool)).sum()
    }

    /// Places of a pool that are kept back.
    pub fn blocked(&self, pool: PoolNo) -> u32 {
        self.blocks.iter().filter(|kept| kept.block.pool == pool).map(|kept| kept.block.quantity).sum()
    }

    pub fn quantity_in(&self, hold: &Hold, pool: PoolNo) -> u32 {
        let of_pool = hold.items.iter().filter(|(of_type, _, _)| self.types[*of_type].pool == pool);
        of_pool.map(|(_, quantity, _)| quantity).sum()
    }
}
