//! Random commands for a small venue, from the current state of the model. Few seats, so that commands compete for
//! them.

use std::collections::BTreeMap;

use boxoffice_engine::ids::{BookingId, EventId, HoldId, TicketTypeId};
use boxoffice_engine::inventory::command::{Command, ExpiryCause, NewHold};
use boxoffice_engine::model::block::{BlockRequest, BlockedPlaces};
use boxoffice_engine::model::event::{EventChanges, EventStatus};
use boxoffice_engine::model::hold::Possession;
use boxoffice_engine::model::hold::{Amount, BestAvailable, Hold, HoldStatus, Idempotency, Portion, RequestedItems};
use boxoffice_engine::quantity::{Capacity, Quantity};
use boxoffice_engine::seating::{GroupSize, SeatIndex, Together};
use test_support::dice::Dice;
use test_support::history::{Chooser, PRICE_RISE, UNKNOWN, World, hold_number};
use test_support::model::Seconds;
use test_support::translate::{self, id, instant, seconds};
use uuid::Uuid;

use super::house::{SECTION, STANDING};
use super::model::{Event, Model};

/// Number of block ids: few, so that blocks are changed and ended.
const BLOCKS: usize = 3;

impl World for Model {
    type Request = Command;

    fn execute(&mut self, command: &Command, now: Seconds) {
        let _ = self.apply(command, instant(now)); // Only the new state matters here.
    }

    fn next_expiry(&self, _: Seconds) -> Option<Seconds> {
        self.holds_using_capacity(HoldStatus::Active).map(|hold| seconds(hold.expires_at)).min()
    }

    fn ticket_types(&self) -> usize {
        self.types.len()
    }

    fn raise_price(&mut self, ticket_type: usize) {
        self.types[ticket_type].price += PRICE_RISE;
    }

    fn draw(&self, kind: usize, chooser: &Chooser<Command>, dice: &mut Dice) -> Command {
        match kind {
            0..31 => place(self, chooser, dice),
            31..45 => change_items(self, dice),
            45..56 => book(self, chooser, dice),
            56..61 => Command::Cancel { booking_id: booking(self, dice) },
            61..67 => Command::Release { hold_id: hold_id(self, dice), possession: possession(dice) },
            67..71 => Command::Expire { hold_id: hold_id(self, dice), cause: ExpiryCause::Due },
            71..73 => Command::Expire { hold_id: hold_id(self, dice), cause: ExpiryCause::Operator },
            73..80 => Command::Extend { hold_id: hold_id(self, dice), possession: possession(dice) },
            80..85 => block(self, dice),
            85..88 => Command::Unblock { event_id: event_id(self, dice), block_id: id(dice.roll(BLOCKS)) },
            88..92 => resize(self, dice),
            _ => amend(self, dice),
        }
    }

    fn renumbered(command: Command, number: usize) -> Command {
        match command {
            Command::Place(place) => Command::Place(NewHold { hold_id: new_hold(number, place.event_id), ..place }),
            Command::Book { hold_id, possession, portion, .. } => {
                Command::Book { booking_id: id(number), hold_id, possession, portion }
            }
            other => other,
        }
    }
}

fn place(model: &Model, chooser: &Chooser<Command>, dice: &mut Dice) -> Command {
    let event_id = event_id(model, dice);
    let wanted =
        event(model, event_id).map_or(RequestedItems::Places(quantity(1)), |event| wanted(model, event, None, dice));
    let ttl_seconds = dice.one_in(2).then(|| (2 * chooser.tick + dice.ticks(6, chooser.tick)) as u32);
    let idempotency = dice.one_in(3).then(|| {
        let mut fingerprint = [0; 32];
        fingerprint[0] = dice.number(255) as u8;
        Idempotency { key: Uuid::from_u128(1 + chooser.number as u128 % 8), fingerprint }
    });
    let hold_id = new_hold(chooser.number, event_id);
    Command::Place(NewHold { hold_id, event_id, wanted, ttl_seconds, idempotency })
}

fn book(model: &Model, chooser: &Chooser<Command>, dice: &mut Dice) -> Command {
    let hold_id = hold_id(model, dice);
    let portion = model.hold(hold_id).filter(|_| dice.one_in(2)).map(|hold| portion(model, hold, dice));
    Command::Book { booking_id: id(chooser.number), hold_id, possession: possession(dice), portion }
}

/// New hold id, with the same last two bytes as its event's id.
fn new_hold(number: usize, event_id: EventId) -> HoldId {
    id(hold_number(number, translate::number(event_id.as_uuid())))
}

fn change_items(model: &Model, dice: &mut Dice) -> Command {
    let hold_id = hold_id(model, dice);
    let own = model.hold(hold_id);
    let event = own.and_then(|own| event(model, own.event_id)).unwrap_or(&model.events[0]);
    Command::ChangeItems { hold_id, possession: possession(dice), wanted: wanted(model, event, own, dice) }
}

/// Random request. With `own`, the hold whose items change, half of the seats are next to its own.
fn wanted(model: &Model, event: &Event, own: Option<&Hold>, dice: &mut Dice) -> RequestedItems {
    match dice.roll(12) {
        0..4 => RequestedItems::Seats(some_seats(model, own, dice)),
        4..8 => RequestedItems::Items(items(model, event, own, dice)),
        8..11 => RequestedItems::BestAvailable(best_available(model, event, dice)),
        _ if dice.one_in(6) => RequestedItems::Places(quantity(1)),
        _ => RequestedItems::Items(vec![(types(model, event)[4], Amount::Places(quantity(1 + dice.often_low(4))))]),
    }
}

/// Random seats, sorted and without duplicates; seldom one that does not exist.
fn some_seats(model: &Model, own: Option<&Hold>, dice: &mut Dice) -> Vec<SeatIndex> {
    let all = model.geometry.seats.len();
    let had = own.and_then(|own| own.items.first()?.seats.first()).filter(|_| dice.one_in(2));
    let first = match had {
        Some(seat) => seat.as_usize().saturating_sub(dice.roll(2)),
        None => dice.roll(all),
    };
    let (count, apart) = (1 + dice.often_low(4) as usize, if dice.one_in(5) { 2 } else { 1 });
    let mixed = dice.one_in(6);
    let near = (first..all).step_by(apart).take(count);
    let near = near.filter(|seat| mixed || model.geometry.seats[*seat].pool == model.geometry.seats[first].pool);
    let unknown = dice.one_in(40).then_some(500);
    near.chain(unknown).map(|seat| SeatIndex(seat as u32)).collect()
}

/// Seats as one or two ticket types of their pool, sometimes with standing places, seldom with a wrong ticket type.
fn items(model: &Model, event: &Event, own: Option<&Hold>, dice: &mut Dice) -> Vec<(TicketTypeId, Amount)> {
    let types = types(model, event);
    let mut items: BTreeMap<TicketTypeId, Amount> = BTreeMap::new();
    let mut seats = some_seats(model, own, dice);
    let pool = model.geometry.seats[seats[0].as_usize().min(model.geometry.seats.len() - 1)].pool;
    let (one, other) = match pool {
        0 => (0, 0),
        1 => (1, 2),
        _ => (3, 3),
    };
    if seats.len() > 1 && one != other && dice.one_in(2) {
        items.insert(types[other], Amount::Seats(seats.split_off(seats.len() / 2)));
    }
    let ticket_type = if dice.one_in(10) { dice.roll(types.len()) } else { [one, other][dice.roll(2)] };
    items.entry(types[ticket_type]).or_insert(Amount::Seats(seats));
    if dice.one_in(5) {
        let standing = if dice.one_in(8) { dice.roll(types.len()) } else { 4 };
        items.entry(types[standing]).or_insert(Amount::Places(quantity(1 + dice.often_low(3))));
    }
    items.into_iter().collect()
}

fn best_available(model: &Model, event: &Event, dice: &mut Dice) -> BestAvailable {
    let types = types(model, event);
    BestAvailable {
        size: GroupSize::new(i64::from(1 + dice.often_low(6))).expect("it is between 1 and 6"),
        together: [Together::Strict, Together::Row, Together::Nearby][dice.roll(3)],
        section: dice.one_in(4).then(|| format!("{SECTION}{}", dice.roll(4))),
        ticket_type_id: (!dice.one_in(3)).then(|| if dice.one_in(12) { types[4] } else { types[dice.roll(4)] }),
        accessible: dice.one_in(5),
    }
}

/// Part of the items of a hold, seldom something else.
fn portion(model: &Model, hold: &Hold, dice: &mut Dice) -> Portion {
    let held: Vec<SeatIndex> = hold.items.iter().flat_map(|item| item.seats.clone()).collect();
    if !held.is_empty() && dice.one_in(2) {
        let mut seats: Vec<SeatIndex> = held.iter().copied().filter(|_| !dice.one_in(3)).collect();
        if seats.is_empty() || dice.one_in(10) {
            seats.push(SeatIndex(dice.number(model.geometry.seats.len())));
        }
        seats.sort_unstable();
        seats.dedup();
        return Portion::Seats(seats);
    }
    let mut items: Vec<(TicketTypeId, Amount)> = Vec::new();
    for item in &hold.items {
        if hold.items.len() > 1 && dice.one_in(3) {
            continue;
        }
        let few = 1 + dice.roll(item.quantity as usize);
        let amount = match &item.seats[..] {
            [] => Amount::Places(quantity(few as u32 + u32::from(dice.one_in(8)))),
            _ if dice.one_in(8) => Amount::Places(quantity(few as u32)),
            seats => Amount::Seats(seats[..few].to_vec()),
        };
        items.push((item.ticket_type_id, amount));
    }
    if items.is_empty() || dice.one_in(12) {
        let ticket_type = &model.types[dice.roll(model.types.len())];
        items.retain(|(ticket_type_id, _)| *ticket_type_id != ticket_type.ticket_type_id);
        items.push((ticket_type.ticket_type_id, Amount::Places(quantity(1))));
        items.sort_by_key(|(ticket_type_id, _)| *ticket_type_id);
    }
    Portion::Items(items)
}

fn block(model: &Model, dice: &mut Dice) -> Command {
    let event_id = event_id(model, dice);
    let pools = &event(model, event_id).unwrap_or(&model.events[0]).pools;
    let places = if dice.one_in(3) {
        let pool = if dice.one_in(6) { dice.roll(pools.len()) } else { usize::from(STANDING) };
        BlockedPlaces::Places { pool_id: pools[pool], quantity: quantity(1 + dice.often_low(3)) }
    } else {
        BlockedPlaces::Seats(some_seats(model, None, dice))
    };
    let reason = ["Press seats", "A camera"][dice.roll(2)].to_owned();
    Command::Block { event_id, block_id: id(dice.roll(BLOCKS)), wanted: BlockRequest { reason, places } }
}

fn resize(model: &Model, dice: &mut Dice) -> Command {
    let pools = &model.events[dice.roll(model.events.len())].pools;
    let pool = if dice.one_in(4) { dice.roll(pools.len()) } else { usize::from(STANDING) };
    let capacity = Capacity::new(dice.often_low(7).into()).expect("it is small");
    Command::Resize { pool_id: pools[pool], capacity }
}

/// Mostly switches the single-seat rule; seldom cancels, because a cancelled event refuses all new holds.
fn amend(model: &Model, dice: &mut Dice) -> Command {
    let event_id = event_id(model, dice);
    let mut changes = EventChanges::default();
    if dice.one_in(8) {
        changes.terms.status = Some(EventStatus::Cancelled);
    } else {
        changes.terms.orphans_refused = Some(dice.one_in(2));
    }
    Command::Amend { event_id, changes: Box::new(changes) }
}

/// Id of an event: mostly the first, seldom an unknown one.
fn event_id(model: &Model, dice: &mut Dice) -> EventId {
    match dice.roll(40) {
        39 => id(UNKNOWN),
        0..8 => model.events[1].event_id,
        _ => model.events[0].event_id,
    }
}

fn event(model: &Model, event_id: EventId) -> Option<&Event> {
    model.events.iter().find(|event| event.event_id == event_id)
}

fn types(model: &Model, event: &Event) -> Vec<TicketTypeId> {
    let own = model.types.iter().filter(|ticket_type| ticket_type.event_id == event.event_id);
    own.map(|ticket_type| ticket_type.ticket_type_id).collect()
}

/// Id of a hold: mostly an active one, sometimes any, seldom an unknown one.
fn hold_id(model: &Model, dice: &mut Dice) -> HoldId {
    let active: Vec<HoldId> = model.holds_using_capacity(HoldStatus::Active).map(|hold| hold.hold_id).collect();
    let all: Vec<HoldId> = model.holds.iter().map(|(hold, _)| hold.hold_id).collect();
    let among = if active.is_empty() || dice.one_in(4) { all } else { active };
    among.get(dice.roll(among.len().max(1))).copied().filter(|_| !dice.one_in(40)).unwrap_or(id(UNKNOWN))
}

fn booking(model: &Model, dice: &mut Dice) -> BookingId {
    let chosen = model.bookings.get(dice.roll(model.bookings.len().max(1)));
    chosen.filter(|_| !dice.one_in(24)).map_or(id(UNKNOWN), |booking| booking.booking_id)
}

fn possession(dice: &mut Dice) -> Possession {
    if dice.one_in(16) { Possession::Refuted } else { Possession::Proven }
}

fn quantity(places: u32) -> Quantity {
    Quantity::new(places.into()).expect("test quantities are small and not 0")
}
