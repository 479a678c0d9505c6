//! The state: the loaded state of the locked events, and the database's time.
//!
//! `load` fills it, `decide` works on it, `into_changes` says what `store` must write. Every method that moves a count
//! also writes the journal and the counters, so no rule in `decide` can forget them. What must be true before a move is
//! asserted: the rules have been judged by then.

mod moves;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::changes::{Changes, EventCounters, JournalEntry, PoolDelta, SeatMove};
use super::command::Pool;
use super::loaded_seats::LoadedSeats;
use crate::domain::block::Block;
use crate::domain::booking::Booking;
use crate::domain::event::{EventDetails, EventTerms};
use crate::domain::hold::{Hold, HoldStatus, Item};
use crate::domain::ids::{BlockId, BookingId, EventId, HoldId, PoolId, TicketTypeId};
use crate::domain::seating::SeatIndex;
use crate::domain::time::Instant;

pub use moves::quantity_by_pool;

/// One event of the batch, locked.
#[derive(Clone, Debug)]
pub struct LoadedEvent {
    pub event_id: EventId,
    pub terms: EventTerms,
    /// Whether it is sold with a venue's layout.
    pub is_seated: bool,
    /// Loaded only when a command wants to amend the event.
    pub details: Option<EventDetails>,
    /// In the order in which they are offered.
    pub ticket_types: Vec<TicketTypeId>,
    pub counters: EventCounters,
    /// Whether a hold was ever placed. Loaded only when a command wants to delete the event.
    pub ever_held: bool,
    /// The earliest expiry of a live hold that is not on the state, per pool. Loaded only when room is short.
    pub next_expiry: BTreeMap<PoolId, Instant>,
}

/// A ticket type, as far as inventory cares.
#[derive(Clone, Debug)]
pub struct TicketType {
    pub ticket_type_id: TicketTypeId,
    pub event_id: EventId,
    pub pool_id: PoolId,
    pub price: i64,
    pub min_quantity: u32,
    pub max_quantity: Option<u32>,
}

/// See the module's documentation.
#[derive(Debug)]
pub struct BatchState {
    /// `clock_timestamp()`, read after the locks were taken.
    pub now: Instant,
    events: BTreeMap<EventId, LoadedEvent>,
    pools: BTreeMap<PoolId, Pool>,
    ticket_types: BTreeMap<TicketTypeId, TicketType>,
    seatings: BTreeMap<EventId, LoadedSeats>,
    holds: BTreeMap<HoldId, Hold>,
    bookings: BTreeMap<BookingId, Booking>,
    booking_of_hold: BTreeMap<HoldId, BookingId>,
    hold_of_key: BTreeMap<Uuid, HoldId>,
    /// What holds were placed with whose items were changed since. Loaded only where a request may be a repeat.
    placed_items: BTreeMap<HoldId, Vec<Item>>,
    /// Loaded only when a command names them.
    blocks: BTreeMap<(EventId, BlockId), Block>,
    /// Whose places count as free for the moment.
    lent: Option<HoldId>,
    overdue_expired: BTreeSet<EventId>,
    written: Written,
}

/// What differs from the database.
#[derive(Debug, Default)]
struct Written {
    new_holds: BTreeSet<HoldId>,
    changed_holds: BTreeSet<HoldId>,
    changed_items: BTreeSet<HoldId>,
    blocks: BTreeSet<(EventId, BlockId)>,
    new_bookings: BTreeSet<BookingId>,
    changed_bookings: BTreeSet<BookingId>,
    amended_events: BTreeSet<EventId>,
    deleted_events: BTreeSet<EventId>,
    pool_deltas: BTreeMap<PoolId, PoolDelta>,
    seat_moves: BTreeMap<(EventId, SeatIndex), SeatMove>,
    counters_before: BTreeMap<EventId, EventCounters>,
    journal: Vec<JournalEntry>,
}

/// Filling the state.
impl BatchState {
    pub fn new(now: Instant) -> Self {
        Self {
            now,
            events: BTreeMap::new(),
            pools: BTreeMap::new(),
            ticket_types: BTreeMap::new(),
            seatings: BTreeMap::new(),
            holds: BTreeMap::new(),
            bookings: BTreeMap::new(),
            booking_of_hold: BTreeMap::new(),
            hold_of_key: BTreeMap::new(),
            placed_items: BTreeMap::new(),
            blocks: BTreeMap::new(),
            lent: None,
            overdue_expired: BTreeSet::new(),
            written: Written::default(),
        }
    }

    pub fn add_event(&mut self, event: LoadedEvent) {
        self.written.counters_before.insert(event.event_id, event.counters);
        self.events.insert(event.event_id, event);
    }

    pub fn add_pool(&mut self, pool: Pool) {
        self.pools.insert(pool.pool_id, pool);
    }

    /// The event must be on the state.
    pub fn add_ticket_type(&mut self, ticket_type: TicketType) {
        self.event_mut(ticket_type.event_id).ticket_types.push(ticket_type.ticket_type_id);
        self.ticket_types.insert(ticket_type.ticket_type_id, ticket_type);
    }

    /// Every seat of the event. Without it its seats can still change hands, by those who know their own.
    pub fn add_seating(&mut self, event_id: EventId, seating: LoadedSeats) {
        self.seatings.insert(event_id, seating);
    }

    pub fn add_hold(&mut self, hold: Hold) {
        if let Some(idempotency) = &hold.idempotency {
            self.hold_of_key.insert(idempotency.key, hold.hold_id);
        }
        self.holds.insert(hold.hold_id, hold);
    }

    /// What the hold was placed with, if its items were changed since.
    pub fn add_placed_items(&mut self, hold_id: HoldId, items: Vec<Item>) {
        self.placed_items.insert(hold_id, items);
    }

    pub fn add_block(&mut self, block: Block) {
        self.blocks.insert((block.event_id, block.block_id), block);
    }

    pub fn add_booking(&mut self, booking: Booking) {
        self.booking_of_hold.insert(booking.hold_id, booking.booking_id);
        self.bookings.insert(booking.booking_id, booking);
    }

    /// Adds what only some commands need to an event on the state.
    pub fn with_event(&mut self, event_id: EventId, fill: impl FnOnce(&mut LoadedEvent)) {
        fill(self.event_mut(event_id));
    }
}

/// Looking.
impl BatchState {
    pub fn event(&self, event_id: EventId) -> Option<&LoadedEvent> {
        self.events.get(&event_id)
    }

    pub fn events(&self) -> impl Iterator<Item = &LoadedEvent> {
        self.events.values()
    }

    /// A pool of an event that is on the state.
    pub fn pool(&self, pool_id: PoolId) -> Option<&Pool> {
        self.pools.get(&pool_id)
    }

    /// The places of all pools of an event together.
    pub fn capacity(&self, event_id: EventId) -> u64 {
        let pools = self.pools.values().filter(|pool| pool.event_id == event_id);
        pools.map(|pool| u64::from(pool.capacity)).sum()
    }

    pub fn ticket_type(&self, ticket_type_id: TicketTypeId) -> Option<&TicketType> {
        self.ticket_types.get(&ticket_type_id)
    }

    /// Every seat of the event, if it has seats and they were loaded.
    pub fn seating(&self, event_id: EventId) -> Option<&LoadedSeats> {
        self.seatings.get(&event_id)
    }

    /// For those who ask it something that it remembers.
    pub fn seating_mut(&mut self, event_id: EventId) -> Option<&mut LoadedSeats> {
        self.seatings.get_mut(&event_id)
    }

    pub fn hold(&self, hold_id: HoldId) -> Option<&Hold> {
        self.holds.get(&hold_id)
    }

    /// What the hold was placed with. Known only where a request may be a repeat.
    pub fn placed_items<'a>(&'a self, hold: &'a Hold) -> &'a [Item] {
        self.placed_items.get(&hold.hold_id).unwrap_or(&hold.items)
    }

    pub fn block(&self, event_id: EventId, block_id: BlockId) -> Option<&Block> {
        self.blocks.get(&(event_id, block_id))
    }

    pub fn hold_ids(&self) -> impl Iterator<Item = HoldId> {
        self.holds.keys().copied()
    }

    pub fn hold_with_key(&self, key: Uuid) -> Option<&Hold> {
        self.holds.get(self.hold_of_key.get(&key)?)
    }

    /// Of requests with these keys, the holds that they placed before.
    pub fn holds_with_keys(&self, keys: &[Uuid]) -> Vec<HoldId> {
        keys.iter().filter_map(|key| self.hold_of_key.get(key)).copied().collect()
    }

    pub fn booking(&self, booking_id: BookingId) -> Option<&Booking> {
        self.bookings.get(&booking_id)
    }

    pub fn booking_of(&self, hold_id: HoldId) -> Option<&Booking> {
        self.bookings.get(self.booking_of_hold.get(&hold_id)?)
    }

    /// The earliest expiry of a live hold that gives something back to the pool. Known only of events short of room.
    pub fn next_expiry(&self, pool_id: PoolId) -> Option<Instant> {
        let pool = self.pool(pool_id)?;
        let elsewhere = self.event(pool.event_id)?.next_expiry.get(&pool_id).copied();
        // What the batch has done so far counts: holds that it placed, extended or ended.
        let gives_back =
            |hold: &&Hold| hold.status == HoldStatus::Active && hold.items.iter().any(|item| item.pool_id == pool_id);
        let others = |hold: &&Hold| self.lent != Some(hold.hold_id);
        let on_shelf = self.holds.values().filter(others).filter(gives_back).map(|hold| hold.expires_at);
        on_shelf.chain(elsewhere).filter(|expires_at| *expires_at > self.now).min()
    }
}

/// Ending.
impl BatchState {
    /// What the batch wants written.
    pub fn into_changes(mut self) -> Changes {
        let written = self.written;
        let kept = |event_id: &EventId| !written.deleted_events.contains(event_id);
        Changes {
            counters: (self.events.values())
                .filter(|event| written.counters_before.get(&event.event_id) != Some(&event.counters))
                .map(|event| (event.event_id, event.counters.since(written.counters_before[&event.event_id])))
                .collect(),
            // First, since events are taken off the state below.
            seatings: (self.seatings.into_iter())
                .filter_map(|(event_id, seating)| Some((event_id, self.events.get(&event_id)?.counters.seq, seating)))
                .collect(),
            placed_items: (written.changed_items.iter())
                .filter_map(|id| Some((*id, self.placed_items.remove(id)?)))
                .collect(),
            changed_items: (written.changed_items.difference(&written.new_holds))
                .filter_map(|id| self.holds.get(id).cloned())
                .collect(),
            ended_blocks: written.blocks.iter().filter(|(event_id, _)| kept(event_id)).copied().collect(),
            written_blocks: (written.blocks.iter().filter(|(event_id, _)| kept(event_id)))
                .filter_map(|id| self.blocks.remove(id))
                .collect(),
            new_holds: written.new_holds.iter().filter_map(|id| self.holds.get(id).cloned()).collect(),
            changed_holds: (written.changed_holds.difference(&written.new_holds))
                .filter_map(|id| self.holds.remove(id))
                .collect(),
            new_bookings: written.new_bookings.iter().filter_map(|id| self.bookings.get(id).cloned()).collect(),
            cancelled_bookings: (written.changed_bookings.difference(&written.new_bookings))
                .filter_map(|id| self.bookings.remove(id))
                .collect(),
            amended_events: (written.amended_events.iter().filter(|id| kept(id)))
                .filter_map(|id| self.events.remove(id))
                .collect(),
            pool_deltas: (written.pool_deltas.into_values())
                .filter(|delta| !delta.is_nothing() && self.pools.contains_key(&delta.pool_id))
                .collect(),
            seat_moves: written.seat_moves.into_values().filter(|moved| moved.from != moved.to).collect(),
            journal: written.journal.into_iter().filter(|entry| kept(&entry.event_id)).collect(),
            deleted_events: written.deleted_events.into_iter().collect(),
            now: self.now,
        }
    }

    fn event_mut(&mut self, event_id: EventId) -> &mut LoadedEvent {
        self.events.get_mut(&event_id).expect("the event of anything on the state is locked and on it too")
    }

    fn pool_mut(&mut self, pool_id: PoolId) -> &mut Pool {
        self.pools.get_mut(&pool_id).expect("all pools of a locked event are on the state")
    }

    fn hold_mut(&mut self, hold_id: HoldId) -> &mut Hold {
        self.holds.get_mut(&hold_id).expect("a hold to change, and the hold of a booking, are on the state")
    }
}
