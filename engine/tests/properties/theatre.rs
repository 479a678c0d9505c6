//! One event in memory for the plain examples; each example sets the time in seconds.

use boxoffice_engine::ids::{BookingId, EventId, HoldId, PoolId, TicketTypeId};
use boxoffice_engine::inventory::batch_state::TicketType;
use boxoffice_engine::inventory::command::{Command, Decision, ExpiryCause, NewHold, Outcome, Pool};
use boxoffice_engine::inventory::decide::decide;
use boxoffice_engine::model::event::{EventChanges, EventStatus, EventTerms};
use boxoffice_engine::model::hold::Possession;
use boxoffice_engine::model::hold::Possession::{Proven, Refuted};
use boxoffice_engine::model::hold::{Amount, Hold, Idempotency, RequestedItems};
use boxoffice_engine::quantity::{Capacity, Quantity};
use boxoffice_engine::settings::HoldRules;
use test_support::model::Seconds;
use test_support::translate::{id, instant};
use uuid::Uuid;

use crate::invariants;
use crate::rows::Rows;
use crate::shelves;

pub const RULES: HoldRules =
    HoldRules { ttl_seconds_default: 120, quantity_max: 100, lifetime_seconds_max: 300, extensions_max: 3 };

/// Number of the event.
const EVENT: usize = 1;

/// Event on sale, with its rows. The example chooses the numbers of holds and bookings.
pub struct Theatre {
    pub rows: Rows,
    pub event: EventId,
    pools: usize,
    types: usize,
}

impl Theatre {
    pub fn without_pools() -> Self {
        let mut rows = Rows::default();
        let terms = EventTerms {
            status: EventStatus::OnSale,
            currency: None,
            hold_ttl_seconds: None,
            max_quantity_per_hold: None,
            sale_starts_at: None,
            sale_ends_at: None,
            orphans_refused: false,
        };
        rows.add_event(id(EVENT), terms);
        Self { rows, event: id(EVENT), pools: 0, types: 0 }
    }

    /// An event with one pool and one free ticket type.
    pub fn with_one_pool(capacity: u32) -> Self {
        let mut theatre = Self::without_pools();
        let stalls = theatre.add_pool(capacity);
        theatre.add_type(stalls, 0);
        theatre
    }

    pub fn add_pool(&mut self, capacity: u32) -> PoolId {
        self.pools += 1;
        self.rows.add_pool(id(self.pools), self.event, capacity);
        id(self.pools)
    }

    pub fn add_type(&mut self, pool_id: PoolId, price: i64) -> TicketTypeId {
        self.types += 1;
        let (ticket_type_id, event_id) = (id(self.types), self.event);
        let ticket_type = TicketType { ticket_type_id, event_id, pool_id, price, min_quantity: 1, max_quantity: None };
        self.rows.ticket_types.insert(ticket_type_id, ticket_type);
        ticket_type_id
    }

    /// Changes the terms of the event directly in the rows.
    pub fn change_terms(&mut self, change: impl FnOnce(&mut EventTerms)) {
        change(&mut self.rows.events.get_mut(&self.event).expect("the event is there").terms);
    }

    pub fn pool(&self) -> &Pool {
        &self.rows.pools[&id(1)]
    }

    pub fn hold(&self, hold: usize) -> &Hold {
        &self.rows.holds[&hold_id(hold)]
    }

    /// Executes one command in a batch of its own.
    pub fn execute(&mut self, now: Seconds, command: Command) -> Decision {
        self.execute_batch(now, &[command]).remove(0)
    }

    /// Executes one batch, and checks all invariants afterwards.
    pub fn execute_batch(&mut self, now: Seconds, commands: &[Command]) -> Vec<Decision> {
        let state = shelves::load(&self.rows, commands, instant(now));
        let (answers, changes) = decide(&RULES, state, commands);
        self.rows.apply(&changes).expect("the database takes what was decided");
        invariants::check(&self.rows).expect("every invariant holds");
        answers
    }

    /// Places a hold; panics if it is refused.
    pub fn hold_places(&mut self, now: Seconds, hold: usize, places: u32) -> Hold {
        match self.execute(now, self.place(hold, places)) {
            Ok(Outcome::Placed { hold, .. }) => hold,
            other => panic!("{places} places were refused: {other:?}"),
        }
    }
}

/// Commands.
impl Theatre {
    pub fn place(&self, hold: usize, places: u32) -> Command {
        let wanted = RequestedItems::Places(quantity(places));
        Command::Place(NewHold {
            hold_id: hold_id(hold),
            event_id: self.event,
            wanted,
            ttl_seconds: None,
            idempotency: None,
        })
    }

    pub fn place_items(&self, hold: usize, items: &[(TicketTypeId, u32)]) -> Command {
        let wanted = RequestedItems::Items(
            items.iter().map(|(ticket_type_id, places)| (*ticket_type_id, Amount::Places(quantity(*places)))).collect(),
        );
        Command::Place(NewHold {
            hold_id: hold_id(hold),
            event_id: self.event,
            wanted,
            ttl_seconds: None,
            idempotency: None,
        })
    }

    /// Command with an idempotency key; `body` stands for the fingerprint of the request.
    pub fn place_with_key(&self, hold: usize, places: u32, key: u128, body: u8) -> Command {
        let idempotency = Some(Idempotency { key: Uuid::from_u128(key), fingerprint: [body; 32] });
        let wanted = RequestedItems::Places(quantity(places));
        Command::Place(NewHold { hold_id: hold_id(hold), event_id: self.event, wanted, ttl_seconds: None, idempotency })
    }

    pub fn amend(&self, change: impl FnOnce(&mut EventChanges)) -> Command {
        let mut changes = EventChanges::default();
        change(&mut changes);
        Command::Amend { event_id: self.event, changes: Box::new(changes) }
    }

    pub fn resize(&self, capacity: i64) -> Command {
        Command::Resize { pool_id: id(1), capacity: Capacity::new(capacity).expect("a capacity in range") }
    }
}

pub fn extend(hold: usize) -> Command {
    Command::Extend { hold_id: hold_id(hold), possession: Proven }
}

pub fn release(hold: usize) -> Command {
    Command::Release { hold_id: hold_id(hold), possession: Proven }
}

pub fn sweep(hold: usize) -> Command {
    Command::Expire { hold_id: hold_id(hold), cause: ExpiryCause::Due }
}

pub fn expire(hold: usize) -> Command {
    Command::Expire { hold_id: hold_id(hold), cause: ExpiryCause::Operator }
}

pub fn book(booking: usize, hold: usize) -> Command {
    book_as(booking, hold, Proven)
}

pub fn book_with_wrong_token(booking: usize, hold: usize) -> Command {
    book_as(booking, hold, Refuted)
}

fn book_as(booking: usize, hold: usize, possession: Possession) -> Command {
    Command::Book { booking_id: id(booking), hold_id: hold_id(hold), possession, portion: None }
}

pub fn cancel(booking: usize) -> Command {
    Command::Cancel { booking_id: id::<BookingId>(booking) }
}

/// Hold id with the same last two bytes as its event's id: from them a batch knows the event before it reads the hold.
pub fn hold_id(hold: usize) -> HoldId {
    id((hold << 16) + EVENT)
}

fn quantity(places: u32) -> Quantity {
    Quantity::new(places.into()).expect("a quantity in range")
}
