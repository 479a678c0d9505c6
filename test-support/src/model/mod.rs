//! A naive model of the booking service: the expected answer to each request, written from the rules and not from the
//! code.
//!
//! It is simple and slow: no counters, no rows, no sweeper. It scans lists, and derives the state of a hold from the
//! time. It uses no types of the service, so the same model checks both `decide` and the HTTP server.

mod blocks;
mod change;
mod chooser;
mod events;
mod holds;
pub mod life;
pub mod limits;
mod place;
pub mod random;
mod words;

use std::fmt::Write;

pub use life::{Life, State};
use limits::{Places, Return};
pub use words::*;

/// Limits of the service; an event may set its own.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub ttl: Seconds,
    pub max_quantity: u32,
    /// Longest life of a hold with all its extensions, counted from its placing.
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
    /// Request that placed the hold.
    pub request: Place,
    /// Hold as that request was answered.
    pub placed: HoldView,
    /// Current items, in the form of [`HoldView::items`].
    pub items: Vec<(TypeNo, u32, i64)>,
    pub life: Life,
}

impl Hold {
    /// Hold as an answer shows it now.
    pub fn view(&self) -> HoldView {
        HoldView {
            quantity: self.items.iter().map(|(_, quantity, _)| quantity).sum(),
            total: self.items.iter().map(|(_, quantity, price)| i64::from(*quantity) * price).sum(),
            items: self.items.clone(),
            expires: self.life.expires,
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

    /// Executes the request if the rules allow it, and returns the expected answer. `now` must not go back between
    /// calls.
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

    /// Text of the world, for the message of a failure.
    pub fn describe(&self) -> String {
        let mut text = format!("{:?}\n", self.rules);
        let mut list = |line: std::fmt::Arguments| _ = writeln!(text, "{line}");
        self.events.iter().enumerate().for_each(|(n, event)| list(format_args!("event {n}: {event:?}")));
        self.pools.iter().enumerate().for_each(|(n, pool)| list(format_args!("pool {n}: {pool:?}")));
        self.types
            .iter()
            .enumerate()
            .for_each(|(n, ticket_type)| list(format_args!("ticket type {n}: {ticket_type:?}")));
        text
    }

    /// Places of a pool in active holds.
    pub fn held(&self, pool: PoolNo, now: Seconds) -> u32 {
        let live = self.holds.iter().filter(|hold| hold.life.is_active(now));
        live.map(|hold| self.quantity_in(hold, pool)).sum()
    }

    /// Places of a pool in holds that expired by time. The service may still count them as held until it sweeps them.
    pub fn overdue(&self, pool: PoolNo, now: Seconds) -> u32 {
        let by_time = self.holds.iter().filter(|hold| hold.life.is_due(now));
        by_time.map(|hold| self.quantity_in(hold, pool)).sum()
    }

    /// Places of a pool in bookings that are not cancelled.
    pub fn booked(&self, pool: PoolNo) -> u32 {
        let confirmed = self.bookings.iter().filter(|booking| booking.cancelled.is_none());
        let holds = confirmed.filter_map(|booking| self.holds.iter().find(|hold| hold.request.hold == booking.hold));
        holds.map(|hold| self.quantity_in(hold, pool)).sum()
    }

    /// Places of a pool in blocks.
    pub fn blocked(&self, pool: PoolNo) -> u32 {
        self.blocks.iter().filter(|view| view.block.pool == pool).map(|view| view.block.quantity).sum()
    }

    fn places(&self, pool: PoolNo, now: Seconds) -> Places {
        let (held, booked, blocked) = (self.held(pool, now), self.booked(pool), self.blocked(pool));
        Places { capacity: self.pools[pool].capacity, held, booked, blocked }
    }

    /// Places that active holds other than `replaced` return when they expire.
    fn returns(&self, replaced: Option<&Hold>, now: Seconds) -> Vec<Return> {
        let other = |hold: &&Hold| replaced.is_none_or(|replaced| replaced.request.hold != hold.request.hold);
        let live = self.holds.iter().filter(other).filter(|hold| hold.life.is_active(now));
        live.flat_map(|hold| {
            let pools = (0..self.pools.len()).filter(|pool| self.quantity_in(hold, *pool) > 0);
            pools.map(|pool| Return { expires: hold.life.expires, pool })
        })
        .collect()
    }

    pub fn quantity_in(&self, hold: &Hold, pool: PoolNo) -> u32 {
        let of_pool = hold.items.iter().filter(|(type_no, _, _)| self.types[*type_no].pool == pool);
        of_pool.map(|(_, quantity, _)| quantity).sum()
    }
}
