//! A naive model of events with seats. It searches the owner of a seat among all holds, bookings and blocks, and the
//! best seats among all groups. It uses inventory's types and none of its logic. The rules that need no seats are those
//! of the model of general admission.

mod holds;
mod organiser;
mod shared;
mod wishes;

use boxoffice_engine::ids::{EventId, HoldId, PoolId, TicketTypeId};
use boxoffice_engine::inventory::batch_state::TicketType;
use boxoffice_engine::inventory::command::{Command, Decision, Outcome, Refusal};
use boxoffice_engine::model::block::Block;
use boxoffice_engine::model::booking::{Booking, BookingStatus};
use boxoffice_engine::model::hold::{Hold, HoldStatus, Item};
use boxoffice_engine::model::seat::SeatOwner;
use boxoffice_engine::seating::SeatIndex;
use boxoffice_engine::time::Instant;
use test_support::model::limits::{Return, check_on_sale};
use test_support::model::{Rules, Status};
use test_support::translate::{number, seconds};

use crate::seating::model::Model as Geometry;

#[derive(Clone, Debug)]
pub struct Model {
    pub rules: Rules,
    /// Seats of both events, all free.
    pub geometry: Geometry,
    pub events: Vec<Event>,
    pub types: Vec<TicketType>,
    /// Each hold as it is now, and as it was placed.
    pub holds: Vec<(Hold, Hold)>,
    pub bookings: Vec<Booking>,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub event_id: EventId,
    pub status: Status,
    pub orphans_refused: bool,
    pub quantity_max: Option<u32>,
    /// Pools by their number in the geometry; the last has no seats.
    pub pools: Vec<PoolId>,
    /// Capacity of the standing pool.
    pub standing: u32,
}

impl Model {
    pub fn new(rules: Rules, geometry: Geometry) -> Self {
        Self { rules, geometry, events: vec![], types: vec![], holds: vec![], bookings: vec![], blocks: vec![] }
    }

    /// Executes the command if the rules allow it, and returns the expected answer. `now` must not go back between
    /// calls.
    pub fn apply(&mut self, command: &Command, now: Instant) -> Decision {
        for (hold, _) in &mut self.holds {
            shared::apply_rule(hold, now, |_, _| Ok(()))?;
        }
        match command {
            Command::Place(place) => self.place(place, now),
            Command::Extend { hold_id, possession } => self.extend(*hold_id, *possession, now),
            Command::Release { hold_id, possession } => self.release(*hold_id, *possession, now),
            Command::Expire { hold_id, cause } => self.expire(*hold_id, *cause, now),
            Command::ChangeItems { hold_id, possession, wanted } => {
                self.change_items(*hold_id, *possession, wanted, now)
            }
            Command::Book { booking_id, hold_id, possession, portion } => {
                self.book((*booking_id, *hold_id), *possession, portion.as_ref(), now)
            }
            Command::Cancel { booking_id } => self.cancel(*booking_id, now),
            Command::Resize { pool_id, capacity } => self.resize(*pool_id, capacity.get()),
            Command::Block { event_id, block_id, wanted } => self.block(*event_id, *block_id, wanted, now),
            Command::Unblock { event_id, block_id } => self.unblock(*event_id, *block_id),
            Command::Amend { event_id, changes } => self.amend(*event_id, changes, now),
            Command::Delete { .. } => unreachable!("the scripts delete no event"),
        }
    }

    pub fn event(&self, event_id: EventId) -> Result<&Event, Refusal> {
        self.events.iter().find(|event| event.event_id == event_id).ok_or(Refusal::EventNotFound)
    }

    pub fn hold(&self, hold_id: HoldId) -> Option<&Hold> {
        self.holds.iter().map(|(hold, _)| hold).find(|hold| hold.hold_id == hold_id)
    }

    /// Holds of this status whose items use capacity: active holds, or booked ones whose booking is confirmed.
    pub fn holds_using_capacity(&self, status: HoldStatus) -> impl Iterator<Item = &Hold> {
        let confirmed = |hold: &Hold| {
            let mut bookings = self.bookings.iter();
            bookings.any(|booking| booking.hold_id == hold.hold_id && booking.status == BookingStatus::Confirmed)
        };
        let holds = self.holds.iter().map(|(hold, _)| hold).filter(move |hold| hold.status == status);
        holds.filter(move |hold| status == HoldStatus::Active || confirmed(hold))
    }

    /// Owner of a seat.
    pub fn seat_owner(&self, event_id: EventId, seat: SeatIndex) -> SeatOwner {
        let names =
            |hold: &&Hold| hold.event_id == event_id && hold.items.iter().any(|item| item.seats.contains(&seat));
        let held = self.holds_using_capacity(HoldStatus::Active).find(names).map(|hold| SeatOwner::Held(hold.hold_id));
        let booked =
            || self.holds_using_capacity(HoldStatus::Booked).find(names).map(|hold| SeatOwner::Booked(hold.hold_id));
        let keeps =
            |block: &&Block| block.event_id == event_id && block.parts.iter().any(|part| part.seats.contains(&seat));
        let blocked = || self.blocks.iter().find(keeps).map(|block| SeatOwner::Blocked(block.block_id));
        held.or_else(booked).or_else(blocked).unwrap_or(SeatOwner::Nobody)
    }

    /// Held, booked and blocked places of a pool.
    pub fn counters(&self, pool_id: PoolId) -> [u32; 3] {
        let [held, booked] = [HoldStatus::Active, HoldStatus::Booked]
            .map(|status| self.holds_using_capacity(status).map(|hold| quantity_of(&hold.items, pool_id)).sum());
        let parts = self.blocks.iter().flat_map(|block| &block.parts).filter(|part| part.pool_id == pool_id);
        [held, booked, parts.map(|part| part.quantity).sum()]
    }

    /// Places that active holds other than `own` return to a pool when they expire.
    fn returns(&self, pool_id: PoolId, own: Option<&Hold>) -> Vec<Return> {
        let others = self.holds_using_capacity(HoldStatus::Active);
        let others = others.filter(|hold| own.is_none_or(|own| own.hold_id != hold.hold_id));
        let pool = number(pool_id.as_uuid());
        others
            .filter(|hold| quantity_of(&hold.items, pool_id) > 0)
            .map(|hold| Return { expires: seconds(hold.expires_at), pool })
            .collect()
    }

    /// Pool of a seat; `None` if the event has no such seat.
    pub fn pool_of(&self, event: &Event, seat: SeatIndex) -> Option<PoolId> {
        self.geometry.seats.get(seat.as_usize()).map(|seat| event.pools[usize::from(seat.pool)])
    }

    pub fn ticket_type(&self, event_id: EventId, ticket_type_id: TicketTypeId) -> Result<&TicketType, Refusal> {
        let own = |ticket_type: &&TicketType| {
            (ticket_type.event_id, ticket_type.ticket_type_id) == (event_id, ticket_type_id)
        };
        self.types.iter().find(own).ok_or(Refusal::TicketTypeNotFound { ticket_type_id })
    }

    fn event_on_sale(&self, event_id: EventId, now: Instant) -> Result<&Event, Refusal> {
        let event = self.event(event_id)?;
        check_on_sale(event.status, None, None, seconds(now)).map_err(shared::refusal)?;
        Ok(event)
    }
}

impl Event {
    /// Pool of general admission.
    pub fn standing_pool(&self) -> PoolId {
        self.pools[self.pools.len() - 1]
    }
}

pub fn quantity_of(items: &[Item], pool_id: PoolId) -> u32 {
    items.iter().filter(|item| item.pool_id == pool_id).map(|item| item.quantity).sum()
}

/// Whether the answer is as expected. Another command may have expired a due hold before the sweeper, which is then
/// answered `NotDue`.
pub fn is_allowed(expected: &Decision, command: &Command, answered: &Decision) -> bool {
    let expired_before = matches!(
        (expected, command, answered),
        (Ok(Outcome::Expired { .. }), Command::Expire { cause, .. }, Ok(Outcome::NotDue))
            if *cause == boxoffice_engine::inventory::command::ExpiryCause::Due
    );
    expected == answered || expired_before
}
