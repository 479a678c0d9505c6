//! Chooses the next request of a random history from the current state of the model.

use super::dice::Dice;
use super::{
    Block, BookingNo, Change, EventNo, HoldNo, KeyNo, Model, Op, Place, Seconds, State, Status, TypeNo, Wanted,
};

/// Number that no object has.
const UNKNOWN: usize = 999_999;
/// Number of values of an id's last two bytes. They are the same in an event id and the ids of its holds, so the
/// numbers from which the ids are made must follow the same rule.
const AFFINITY_VALUES: usize = 1 << 16;
/// Number of block numbers per event: few, so that two events use the same number, and blocks are changed and ended.
const BLOCKS: usize = 3;

/// Draws requests one after the other, and remembers them for repeats.
pub struct Chooser {
    tick: Seconds,
    holds: HoldNo,
    bookings: BookingNo,
    keys: KeyNo,
    past: Vec<Op>,
}

impl Chooser {
    pub fn new(tick: Seconds) -> Self {
        Self { tick, holds: 0, bookings: 0, keys: 0, past: Vec::new() }
    }

    /// Time until the next batch: often zero, often exactly until a hold expires, or one tick less.
    pub fn pause(&self, model: &Model, now: Seconds, number: u64) -> Seconds {
        let mut dice = Dice(number);
        let live = model.holds.iter().filter(|hold| hold.state(now) == State::Active);
        match (dice.roll(6), live.map(|hold| hold.expires - now).min()) {
            (0, Some(expiry)) => expiry,
            (1, Some(expiry)) => (expiry - self.tick).max(0),
            _ => Seconds::from(dice.often_low(4)) * self.tick,
        }
    }

    /// Draws the next request. `model` must have applied all earlier ones, because the request may name their results.
    pub fn choose(&mut self, model: &Model, now: Seconds, number: u64) -> Op {
        let mut dice = Dice(number);
        let op = match dice.roll(100) {
            0..33 => self.place(model, &mut dice),
            33..39 => self.place_again(model, &mut dice),
            39..46 => self.repeat(model, &mut dice),
            46..53 => Op::Extend { hold: hold(model, &mut dice), proven: !dice.one_in(12) },
            53..58 => Op::Release { hold: hold(model, &mut dice), proven: !dice.one_in(12) },
            58..62 => Op::ExpireDue { hold: hold(model, &mut dice) },
            62..65 => Op::ExpireNow { hold: hold(model, &mut dice) },
            65..72 => change_items(model, &mut dice),
            72..83 => self.book_some(model, &mut dice),
            83..87 => Op::Cancel { booking: booking(model, &mut dice) },
            87..90 => resize(model, &mut dice),
            90..93 => block(model, &mut dice),
            93..95 => unblock(model, &mut dice),
            95..99 => self.amend(model, now, &mut dice),
            _ => Op::Delete { event: event(model, &mut dice) },
        };
        self.past.push(op.clone());
        op
    }

    fn place(&mut self, model: &Model, dice: &mut Dice) -> Op {
        let event = event(model, dice);
        let wanted = wanted(model, event, dice);
        let ttl = dice.one_in(2).then(|| self.tick + dice.ticks(8, self.tick));
        let key = dice.one_in(2).then(|| {
            self.keys += 1;
            self.keys
        });
        Op::Place(Place { hold: self.next_hold(event), event, wanted, ttl, key })
    }

    /// Repeats a request with an idempotency key, or uses its key for another request. The hold that it would place
    /// gets a new id, as in the service.
    fn place_again(&mut self, model: &Model, dice: &mut Dice) -> Op {
        let keyed: Vec<&Place> = self.past.iter().filter_map(keyed_place).collect();
        if keyed.is_empty() {
            return self.place(model, dice);
        }
        let mut again = keyed[dice.roll(keyed.len())].clone();
        match dice.roll(6) {
            0 => again.ttl = Some(again.ttl.unwrap_or(0) + self.tick),
            1 => again.event = (again.event + 1) % model.events.len(),
            2 => again.wanted = Wanted::Places(1 + dice.number(3)),
            _ => {}
        }
        again.hold = self.next_hold(again.event);
        Op::Place(again)
    }

    /// Repeats a recent request, mostly one of the same batch.
    fn repeat(&mut self, model: &Model, dice: &mut Dice) -> Op {
        let back = 1 + dice.often_low(4) as usize;
        match self.past.len().checked_sub(back).map(|index| self.past[index].clone()) {
            None => self.place(model, dice),
            Some(Op::Place(place)) => Op::Place(Place { hold: self.next_hold(place.event), ..place }),
            Some(Op::Book { hold, proven, portion, .. }) => self.book(hold, proven, portion),
            Some(other) => other,
        }
    }

    fn book_some(&mut self, model: &Model, dice: &mut Dice) -> Op {
        let hold = hold(model, dice);
        let (proven, portion) = (!dice.one_in(12), dice.one_in(3).then(|| portion(model, hold, dice)));
        self.book(hold, proven, portion)
    }

    fn book(&mut self, hold: HoldNo, proven: bool, portion: Option<Vec<(TypeNo, u32)>>) -> Op {
        self.bookings += 1;
        Op::Book { booking: self.bookings, hold, proven, portion }
    }

    fn amend(&self, model: &Model, now: Seconds, dice: &mut Dice) -> Op {
        let mut change = Change::default();
        let soon = now + dice.ticks(6, self.tick) - self.tick;
        let kind = dice.roll(18);
        let value = dice.one_in(2);
        match kind {
            0..6 => change.status = Some(Status::OnSale),
            6 => change.status = Some(Status::Cancelled),
            7 => change.status = Some(Status::Draft),
            8 => change.status = Some(Status::Closed),
            9 => change.sale_starts = Some(value.then_some(soon)),
            10 => change.sale_ends = Some(value.then_some(soon)),
            11 => change.ttl = Some(value.then(|| self.tick + dice.ticks(6, self.tick))),
            12 => change.max_quantity = Some(value.then(|| 1 + dice.number(6))),
            13 => change.starts = Some(value.then_some(soon)),
            14 => change.ends = Some(value.then_some(soon)),
            _ => (change.starts, change.ends) = (Some(Some(now)), Some(Some(soon))),
        }
        Op::Amend { event: event(model, dice), change }
    }

    fn next_hold(&mut self, event: EventNo) -> HoldNo {
        self.holds += 1;
        self.holds * AFFINITY_VALUES + event % AFFINITY_VALUES
    }
}

/// The `Place` request if it has an idempotency key, so that a client can repeat it.
fn keyed_place(op: &Op) -> Option<&Place> {
    match op {
        Op::Place(place) => place.key.is_some().then_some(place),
        _ => None,
    }
}

fn wanted(model: &Model, event: EventNo, dice: &mut Dice) -> Wanted {
    let offered = |type_no: &usize| model.pools[model.types[*type_no].pool].event == event;
    let types: Vec<usize> = (0..model.types.len()).filter(offered).collect();
    if types.len() < 2 && !dice.one_in(4) || dice.one_in(10) {
        return Wanted::Places(1 + dice.often_low(7));
    }
    let count = 1 + dice.often_low(4);
    let items = (0..count).map(|_| {
        let own = types.get(dice.roll(types.len().max(1))).filter(|_| !dice.one_in(16));
        let type_no = own.copied().unwrap_or_else(|| random_index(model.types.len(), dice));
        (type_no, 1 + dice.often_low(4))
    });
    Wanted::Items(items.collect())
}

fn event(model: &Model, dice: &mut Dice) -> EventNo {
    random_index(model.events.len(), dice)
}

/// Resizes a pool, seldom to the maximum of an event, which is too large if the event has a second pool.
fn resize(model: &Model, dice: &mut Dice) -> Op {
    let (pool, capacity) = (random_index(model.pools.len(), dice), dice.number(10));
    Op::Resize { pool, capacity: if dice.one_in(6) { 10_000_000 } else { capacity } }
}

/// Changes the items of a hold, mostly to ticket types of its own event.
fn change_items(model: &Model, dice: &mut Dice) -> Op {
    let hold = hold(model, dice);
    let proven = !dice.one_in(12);
    let held = model.holds.iter().find(|held| held.request.hold == hold);
    let event = held.map(|held| held.request.event).filter(|_| !dice.one_in(16));
    let event = event.unwrap_or_else(|| random_index(model.events.len(), dice));
    Op::ChangeItems { hold, proven, wanted: wanted(model, event, dice) }
}

/// Part of the items of a hold, sometimes one more than it has.
fn portion(model: &Model, hold: HoldNo, dice: &mut Dice) -> Vec<(TypeNo, u32)> {
    let held = model.holds.iter().find(|held| held.request.hold == hold);
    let items = held.map(|held| held.items.as_slice()).unwrap_or_default();
    let some = items.iter().filter(|_| !dice.one_in(3)).map(|(type_no, quantity, _)| (*type_no, *quantity));
    let mut some: Vec<(TypeNo, u32)> = some.collect();
    if some.is_empty() {
        some.push((random_index(model.types.len(), dice), 1));
    }
    for (_, quantity) in &mut some {
        let too_many = usize::from(dice.one_in(6));
        *quantity = 1 + dice.number(*quantity as usize + too_many);
    }
    some
}

fn block(model: &Model, dice: &mut Dice) -> Op {
    let pool = random_index(model.pools.len(), dice);
    let own = model.pools.get(pool).map(|pool| pool.event).filter(|_| !dice.one_in(16));
    let event = own.unwrap_or_else(|| random_index(model.events.len(), dice));
    let reason = ["Press seats", "A camera"][dice.roll(2)].to_owned();
    Op::Block(Block { event, block: dice.roll(BLOCKS), pool, quantity: 1 + dice.often_low(4), reason })
}

fn unblock(model: &Model, dice: &mut Dice) -> Op {
    let view = model.blocks.get(dice.roll(model.blocks.len().max(1))).filter(|_| !dice.one_in(4));
    let (event, block) = match view {
        Some(view) => (view.block.event, view.block.block),
        None => (event(model, dice), dice.roll(BLOCKS)),
    };
    Op::Unblock { event, block }
}

/// Number of a hold: mostly one of the latest, sometimes any, seldom an unknown one.
fn hold(model: &Model, dice: &mut Dice) -> HoldNo {
    let held = model.holds.len();
    let back = if dice.one_in(3) { dice.roll(held.max(1)) } else { dice.roll(held.clamp(1, 5)) };
    let hold = (held > back && !dice.one_in(24)).then(|| &model.holds[held - 1 - back]);
    hold.map_or(UNKNOWN, |hold| hold.request.hold)
}

fn booking(model: &Model, dice: &mut Dice) -> BookingNo {
    let chosen = model.bookings.get(dice.roll(model.bookings.len().max(1)));
    chosen.filter(|_| !dice.one_in(24)).map_or(UNKNOWN, |booking| booking.booking)
}

/// Random number below `count`, seldom [`UNKNOWN`].
fn random_index(count: usize, dice: &mut Dice) -> usize {
    if dice.one_in(32) { UNKNOWN } else { dice.roll(count.max(1)) }
}
