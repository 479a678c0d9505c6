//! Chooses the next request of a random history, from what the model knows at that moment.

use super::dice::Dice;
use super::{BookingNo, Change, EventNo, HoldNo, KeyNo, Model, Op, Place, Seconds, State, Status, Wanted};

/// A number that nothing has.
const NOBODY: usize = 999_999;

/// Draws requests one after the other, and remembers what has been asked.
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

    /// How much time passes: often none, often exactly until a hold expires or the instant before.
    pub fn pause(&self, model: &Model, now: Seconds, number: u64) -> Seconds {
        let mut dice = Dice(number);
        let live = model.holds.iter().filter(|hold| hold.state(now) == State::Active);
        match (dice.roll(6), live.map(|hold| hold.expires - now).min()) {
            (0, Some(expiry)) => expiry,
            (1, Some(expiry)) => (expiry - self.tick).max(0),
            _ => Seconds::from(dice.often_low(4)) * self.tick,
        }
    }

    /// The next request. It may name what the ones before it made, so `model` must have seen them.
    pub fn choose(&mut self, model: &Model, now: Seconds, number: u64) -> Op {
        let mut dice = Dice(number);
        let op = match dice.roll(100) {
            0..36 => self.place(model, &mut dice),
            36..43 => self.place_again(model, &mut dice),
            43..50 => self.repeat(model, &mut dice),
            50..58 => Op::Extend { hold: hold(model, &mut dice), proven: !dice.one_in(12) },
            58..65 => Op::Release { hold: hold(model, &mut dice), proven: !dice.one_in(12) },
            65..70 => Op::ExpireDue { hold: hold(model, &mut dice) },
            70..73 => Op::ExpireNow { hold: hold(model, &mut dice) },
            73..86 => self.book(hold(model, &mut dice), !dice.one_in(12)),
            86..91 => Op::Cancel { booking: booking(model, &mut dice) },
            91..95 => resize(model, &mut dice),
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
        Op::Place(Place { hold: self.next_hold(), event, wanted, ttl, key })
    }

    /// A client that repeats a request, or uses its key for another one. The service cannot know: the hold that it would
    /// make has a new id.
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
        again.hold = self.next_hold();
        Op::Place(again)
    }

    /// The same request once more, mostly within the same batch.
    fn repeat(&mut self, model: &Model, dice: &mut Dice) -> Op {
        let back = 1 + dice.often_low(4) as usize;
        match self.past.len().checked_sub(back).map(|index| self.past[index].clone()) {
            None => self.place(model, dice),
            Some(Op::Place(place)) => Op::Place(Place { hold: self.next_hold(), ..place }),
            Some(Op::Book { hold, proven, .. }) => self.book(hold, proven),
            Some(other) => other,
        }
    }

    fn book(&mut self, hold: HoldNo, proven: bool) -> Op {
        self.bookings += 1;
        Op::Book { booking: self.bookings, hold, proven }
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

    fn next_hold(&mut self) -> HoldNo {
        self.holds += 1;
        self.holds
    }
}

/// The places that a client could repeat: those with a key.
fn keyed_place(op: &Op) -> Option<&Place> {
    match op {
        Op::Place(place) => place.key.is_some().then_some(place),
        _ => None,
    }
}

fn wanted(model: &Model, event: EventNo, dice: &mut Dice) -> Wanted {
    let offered = |of_type: &usize| model.pools[model.types[*of_type].pool].event == event;
    let types: Vec<usize> = (0..model.types.len()).filter(offered).collect();
    if types.len() < 2 && !dice.one_in(4) || dice.one_in(10) {
        return Wanted::Places(1 + dice.often_low(7));
    }
    let count = 1 + dice.often_low(4);
    let items = (0..count).map(|_| {
        let own = types.get(dice.roll(types.len().max(1))).filter(|_| !dice.one_in(16));
        let of_type = own.copied().unwrap_or_else(|| any_of(model.types.len(), dice));
        (of_type, 1 + dice.often_low(4))
    });
    Wanted::Items(items.collect())
}

fn event(model: &Model, dice: &mut Dice) -> EventNo {
    any_of(model.events.len(), dice)
}

/// Seldom to the most that a pool can have, which is too much beside another one.
fn resize(model: &Model, dice: &mut Dice) -> Op {
    let (pool, capacity) = (any_of(model.pools.len(), dice), dice.number(10));
    Op::Resize { pool, capacity: if dice.one_in(6) { 10_000_000 } else { capacity } }
}

/// Mostly one of the latest holds, now and then any of them, seldom none at all.
fn hold(model: &Model, dice: &mut Dice) -> HoldNo {
    let held = model.holds.len();
    let back = if dice.one_in(3) { dice.roll(held.max(1)) } else { dice.roll(held.clamp(1, 5)) };
    let hold = (held > back && !dice.one_in(24)).then(|| &model.holds[held - 1 - back]);
    hold.map_or(NOBODY, |hold| hold.asked.hold)
}

fn booking(model: &Model, dice: &mut Dice) -> BookingNo {
    let chosen = model.bookings.get(dice.roll(model.bookings.len().max(1)));
    chosen.filter(|_| !dice.one_in(24)).map_or(NOBODY, |booking| booking.booking)
}

/// One of so many, seldom none of them.
fn any_of(count: usize, dice: &mut Dice) -> usize {
    if dice.one_in(32) { NOBODY } else { dice.roll(count.max(1)) }
}
