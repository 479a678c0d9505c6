//! Requests of random histories, from the current state of the model.

use super::{Block, BookingNo, Change, EventNo, HoldNo, Model, Op, Place, Seconds, Status, TypeNo, Wanted};
use crate::dice::Dice;
use crate::history::{Chooser, PRICE_RISE, UNKNOWN, World, hold_number};

/// Number of block numbers per event: few, so that two events use the same number, and blocks are changed and ended.
const BLOCKS: usize = 3;

impl World for Model {
    type Request = Op;

    fn execute(&mut self, request: &Op, now: Seconds) {
        self.apply(request, now);
    }

    fn next_expiry(&self, now: Seconds) -> Option<Seconds> {
        let live = self.holds.iter().filter(|hold| hold.life.is_active(now));
        live.map(|hold| hold.life.expires).min()
    }

    fn ticket_types(&self) -> usize {
        self.types.len()
    }

    fn raise_price(&mut self, ticket_type: usize) {
        self.types[ticket_type].price += PRICE_RISE;
    }

    fn draw(&self, kind: usize, chooser: &Chooser<Op>, dice: &mut Dice) -> Op {
        match kind {
            0..33 => place(self, chooser, dice),
            33..39 => place_again(self, chooser, dice),
            39..46 => Op::Extend { hold: hold(self, dice), proven: !dice.one_in(12) },
            46..51 => Op::Release { hold: hold(self, dice), proven: !dice.one_in(12) },
            51..55 => Op::ExpireDue { hold: hold(self, dice) },
            55..58 => Op::ExpireNow { hold: hold(self, dice) },
            58..65 => change_items(self, dice),
            65..76 => book(self, chooser, dice),
            76..80 => Op::Cancel { booking: booking(self, dice) },
            80..83 => resize(self, dice),
            83..86 => block(self, dice),
            86..88 => unblock(self, dice),
            88..92 => amend(self, chooser, dice),
            _ => Op::Delete { event: event(self, dice) },
        }
    }

    fn renumbered(request: Op, number: usize) -> Op {
        match request {
            Op::Place(place) => Op::Place(Place { hold: hold_number(number, place.event), ..place }),
            Op::Book { hold, proven, portion, .. } => Op::Book { booking: number, hold, proven, portion },
            other => other,
        }
    }
}

fn place(model: &Model, chooser: &Chooser<Op>, dice: &mut Dice) -> Op {
    let event = event(model, dice);
    let wanted = wanted(model, event, dice);
    let ttl = dice.one_in(2).then(|| chooser.tick + dice.ticks(8, chooser.tick));
    let key = dice.one_in(2).then_some(chooser.number);
    Op::Place(Place { hold: hold_number(chooser.number, event), event, wanted, ttl, key })
}

/// Repeats a request with an idempotency key, or uses its key for another request. The hold that it would place
/// gets a new id, as in the service.
fn place_again(model: &Model, chooser: &Chooser<Op>, dice: &mut Dice) -> Op {
    let keyed: Vec<&Place> = chooser.past.iter().filter_map(keyed_place).collect();
    if keyed.is_empty() {
        return place(model, chooser, dice);
    }
    let mut again = keyed[dice.roll(keyed.len())].clone();
    match dice.roll(6) {
        0 => again.ttl = Some(again.ttl.unwrap_or(0) + chooser.tick),
        1 => again.event = (again.event + 1) % model.events.len(),
        2 => again.wanted = Wanted::Places(1 + dice.number(3)),
        _ => {}
    }
    again.hold = hold_number(chooser.number, again.event);
    Op::Place(again)
}

fn book(model: &Model, chooser: &Chooser<Op>, dice: &mut Dice) -> Op {
    let hold = hold(model, dice);
    let (proven, portion) = (!dice.one_in(12), dice.one_in(3).then(|| portion(model, hold, dice)));
    Op::Book { booking: chooser.number, hold, proven, portion }
}

fn amend(model: &Model, chooser: &Chooser<Op>, dice: &mut Dice) -> Op {
    let mut change = Change::default();
    let soon = chooser.now + dice.ticks(6, chooser.tick) - chooser.tick;
    let kind = dice.roll(18);
    let value = dice.one_in(2);
    match kind {
        0..6 => change.status = Some(Status::OnSale),
        6 => change.status = Some(Status::Cancelled),
        7 => change.status = Some(Status::Draft),
        8 => change.status = Some(Status::Closed),
        9 => change.sale_starts = Some(value.then_some(soon)),
        10 => change.sale_ends = Some(value.then_some(soon)),
        11 => change.ttl = Some(value.then(|| chooser.tick + dice.ticks(6, chooser.tick))),
        12 => change.max_quantity = Some(value.then(|| 1 + dice.number(6))),
        13 => change.starts = Some(value.then_some(soon)),
        14 => change.ends = Some(value.then_some(soon)),
        _ => (change.starts, change.ends) = (Some(Some(chooser.now)), Some(Some(soon))),
    }
    Op::Amend { event: event(model, dice), change }
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
