//! Batch state: the rows that a batch loaded for its locked events, and the database's time.
//!
//! `load` fills it, `decide` changes it, and `into_changes` returns the rows that `store` must write. Every method that
//! changes a counter of a pool also records the journal entry and the event counters, so no rule in `decide` can forget
//! them. These methods assert their preconditions, because `decide` has checked the rules before.

mod moves;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::changes::{ChangedItems, Changes, EventCounters, JournalEntry, PoolDelta, SeatMove};
use super::command::Pool;
use super::loaded_seats::LoadedSeats;
use crate::ids::{BlockId, BookingId, EventId, HoldId, PoolId, TicketTypeId};
use crate::model::block::Block;
use crate::model::booking::Booking;
use crate::model::event::{EventTerms, OpaqueDetails};
use crate::model::hold::{Hold, HoldStatus, Item};
use crate::seating::SeatIndex;
use crate::time::Instant;

pub use moves::quantity_by_pool;

/// An event of the batch. Its `inventory` row is locked.
#[derive(Clone, Debug)]
pub struct LoadedEvent {
    pub event_id: EventId,
    pub terms: EventTerms,
    /// Whether the event has a layout.
    pub is_seated: bool,
    /// Loaded only if a command amends the event.
    pub details: Option<OpaqueDetails>,
    /// In display order.
    pub ticket_types: Vec<TicketTypeId>,
    pub counters: EventCounters,
    /// Whether the event ever had a hold. Loaded only if a command deletes the event.
    pub ever_held: bool,
    /// Per pool, the earliest expiry of an active hold that is not in the batch state. Loaded only if capacity may be
    /// short.
    pub next_expiry: BTreeMap<PoolId, Instant>,
}

/// The fields of a ticket type that `decide` needs.
#[derive(Clone, Debug)]
pub struct TicketType {
    pub ticket_type_id: TicketTypeId,
    pub event_id: EventId,
    pub pool_id: PoolId,
    /// Minor units of the event's currency.
    pub price: i64,
    /// Smallest quantity per hold, in places.
    pub min_quantity: u32,
    /// Largest quantity per hold, in places; `None`: the event's maximum.
    pub max_quantity: Option<u32>,
}

/// See the module's documentation.
#[derive(Debug)]
pub struct BatchState {
    /// Time of the batch: `clock_timestamp()`, read after the row locks were taken.
    pub now: Instant,
    events: BTreeMap<EventId, LoadedEvent>,
    pools: BTreeMap<PoolId, Pool>,
    ticket_types: BTreeMap<TicketTypeId, TicketType>,
    /// All seats of an event. Loaded only for some seated events.
    loaded_seats: BTreeMap<EventId, LoadedSeats>,
    holds: BTreeMap<HoldId, Hold>,
    bookings: BTreeMap<BookingId, Booking>,
    booking_of_hold: BTreeMap<HoldId, BookingId>,
    hold_of_key: BTreeMap<Uuid, HoldId>,
    /// Original items of holds whose items were changed since. Loaded only for holds whose idempotency key a command
    /// repeats.
    placed_items: BTreeMap<HoldId, Vec<Item>>,
    /// Loaded only if a command names them.
    blocks: BTreeMap<(EventId, BlockId), Block>,
    /// Hold whose capacity counts as free while its replacement is validated.
    replaced_hold: Option<HoldId>,
    /// Events whose overdue holds this batch has expired.
    overdue_expired: BTreeSet<EventId>,
    pending: PendingWrites,
}

/// Differences between the batch state and the database.
#[derive(Debug, Default)]
struct PendingWrites {
    new_holds: BTreeSet<HoldId>,
    changed_holds: BTreeSet<HoldId>,
    /// Holds whose items were replaced, with the number of items that they were loaded with.
    changed_items: BTreeMap<HoldId, usize>,
    /// Blocks that were created, replaced or removed.
    blocks: BTreeSet<(EventId, BlockId)>,
    new_bookings: BTreeSet<BookingId>,
    changed_bookings: BTreeSet<BookingId>,
    amended_events: BTreeSet<EventId>,
    deleted_events: BTreeSet<EventId>,
    pool_deltas: BTreeMap<PoolId, PoolDelta>,
    seat_moves: BTreeMap<(EventId, SeatIndex), SeatMove>,
    /// Event counters as loaded.
    counters_before: BTreeMap<EventId, EventCounters>,
    journal: Vec<JournalEntry>,
}

/// Methods for `load`.
impl BatchState {
    /// A batch state without rows. `now` is the database's time.
    pub fn new(now: Instant) -> Self {
        Self {
            now,
            events: BTreeMap::new(),
            pools: BTreeMap::new(),
            ticket_types: BTreeMap::new(),
            loaded_seats: BTreeMap::new(),
            holds: BTreeMap::new(),
            bookings: BTreeMap::new(),
            booking_of_hold: BTreeMap::new(),
            hold_of_key: BTreeMap::new(),
            placed_items: BTreeMap::new(),
            blocks: BTreeMap::new(),
            replaced_hold: None,
            overdue_expired: BTreeSet::new(),
            pending: PendingWrites::default(),
        }
    }

    /// Adds an event, with its event counters as loaded.
    pub fn add_event(&mut self, event: LoadedEvent) {
        self.pending.counters_before.insert(event.event_id, event.counters);
        self.events.insert(event.event_id, event);
    }

    /// Adds a pool.
    pub fn add_pool(&mut self, pool: Pool) {
        self.pools.insert(pool.pool_id, pool);
    }

    /// Adds a ticket type, after those that precede it in display order. Panics if its event is not in the batch state.
    pub fn add_ticket_type(&mut self, ticket_type: TicketType) {
        self.event_mut(ticket_type.event_id).ticket_types.push(ticket_type.ticket_type_id);
        self.ticket_types.insert(ticket_type.ticket_type_id, ticket_type);
    }

    /// Adds all seats of an event. Without them the seats of loaded holds and blocks can still change their owner,
    /// because holds and blocks name their seats.
    pub fn add_loaded_seats(&mut self, event_id: EventId, loaded_seats: LoadedSeats) {
        self.loaded_seats.insert(event_id, loaded_seats);
    }

    /// Adds a hold.
    pub fn add_hold(&mut self, hold: Hold) {
        if let Some(idempotency) = &hold.idempotency {
            self.hold_of_key.insert(idempotency.key, hold.hold_id);
        }
        self.holds.insert(hold.hold_id, hold);
    }

    /// Adds the original items of a hold whose items were changed since.
    pub fn add_placed_items(&mut self, hold_id: HoldId, items: Vec<Item>) {
        self.placed_items.insert(hold_id, items);
    }

    /// Adds a block.
    pub fn add_block(&mut self, block: Block) {
        self.blocks.insert((block.event_id, block.block_id), block);
    }

    /// Adds a booking.
    pub fn add_booking(&mut self, booking: Booking) {
        self.booking_of_hold.insert(booking.hold_id, booking.booking_id);
        self.bookings.insert(booking.booking_id, booking);
    }

    /// Sets fields of an event that only some commands need. Panics if the event is not in the batch state.
    pub fn update_event(&mut self, event_id: EventId, update: impl FnOnce(&mut LoadedEvent)) {
        update(self.event_mut(event_id));
    }
}

/// Look-ups.
impl BatchState {
    /// An event; `None` if it does not exist.
    pub fn event(&self, event_id: EventId) -> Option<&LoadedEvent> {
        self.events.get(&event_id)
    }

    /// All events of the batch.
    pub fn events(&self) -> impl Iterator<Item = &LoadedEvent> {
        self.events.values()
    }

    /// A pool. All pools of the loaded events are loaded.
    pub fn pool(&self, pool_id: PoolId) -> Option<&Pool> {
        self.pools.get(&pool_id)
    }

    /// Capacity of an event: all its pools together, in places.
    pub fn capacity(&self, event_id: EventId) -> u64 {
        let pools = self.pools.values().filter(|pool| pool.event_id == event_id);
        pools.map(|pool| u64::from(pool.capacity)).sum()
    }

    /// A ticket type. All ticket types of the loaded events are loaded.
    pub fn ticket_type(&self, ticket_type_id: TicketTypeId) -> Option<&TicketType> {
        self.ticket_types.get(&ticket_type_id)
    }

    /// All seats of an event; `None` if it has none, or if they were not loaded.
    pub fn loaded_seats(&self, event_id: EventId) -> Option<&LoadedSeats> {
        self.loaded_seats.get(&event_id)
    }

    /// Like [`Self::loaded_seats`], for the picker, whose searches need `&mut`. The caller changes no seat.
    pub fn loaded_seats_mut(&mut self, event_id: EventId) -> Option<&mut LoadedSeats> {
        self.loaded_seats.get_mut(&event_id)
    }

    /// A hold, if it is loaded.
    pub fn hold(&self, hold_id: HoldId) -> Option<&Hold> {
        self.holds.get(&hold_id)
    }

    /// Original items of a hold. Correct only for holds whose idempotency key a command repeats.
    pub fn placed_items<'a>(&'a self, hold: &'a Hold) -> &'a [Item] {
        self.placed_items.get(&hold.hold_id).unwrap_or(&hold.items)
    }

    /// A block, if a command named it.
    pub fn block(&self, event_id: EventId, block_id: BlockId) -> Option<&Block> {
        self.blocks.get(&(event_id, block_id))
    }

    /// Ids of the loaded holds, and of those that the batch placed.
    pub fn hold_ids(&self) -> impl Iterator<Item = HoldId> {
        self.holds.keys().copied()
    }

    /// The hold that was placed with an idempotency key.
    pub fn hold_with_key(&self, key: Uuid) -> Option<&Hold> {
        self.holds.get(self.hold_of_key.get(&key)?)
    }

    /// Ids of the holds that were placed with these idempotency keys.
    pub fn holds_with_keys(&self, keys: &[Uuid]) -> Vec<HoldId> {
        keys.iter().filter_map(|key| self.hold_of_key.get(key)).copied().collect()
    }

    /// A booking, if it is loaded.
    pub fn booking(&self, booking_id: BookingId) -> Option<&Booking> {
        self.bookings.get(&booking_id)
    }

    /// The booking of a hold, if there is one.
    pub fn booking_of_hold(&self, hold_id: HoldId) -> Option<&Booking> {
        self.bookings.get(self.booking_of_hold.get(&hold_id)?)
    }

    /// The earliest expiry of an active hold with capacity in the pool. Correct only for events of
    /// `Missing::next_expiries`.
    pub fn next_expiry(&self, pool_id: PoolId) -> Option<Instant> {
        let pool = self.pool(pool_id)?;
        let not_loaded = self.event(pool.event_id)?.next_expiry.get(&pool_id).copied();
        // Loaded holds are examined here, because the batch may have placed, extended or ended some of them.
        let holds_capacity =
            |hold: &&Hold| hold.status == HoldStatus::Active && hold.items.iter().any(|item| item.pool_id == pool_id);
        let not_replaced = |hold: &&Hold| self.replaced_hold != Some(hold.hold_id);
        let loaded = self.holds.values().filter(not_replaced).filter(holds_capacity).map(|hold| hold.expires_at);
        loaded.chain(not_loaded).filter(|expires_at| *expires_at > self.now).min()
    }
}

/// Result.
impl BatchState {
    /// The changes that `store` must write. Steps that only read rows come before those that take them out.
    pub fn into_changes(mut self) -> Changes {
        let counters = self.changed_counters();
        let seats_after = self.take_seats_after();
        let changed_items = self.changed_items();
        let placed_items = self.take_placed_items();

        let mut pending = std::mem::take(&mut self.pending);
        // What belongs to a deleted event is deleted with it, so it is not written.
        pending.blocks.retain(|(event_id, _)| !pending.deleted_events.contains(event_id));
        pending.amended_events.retain(|event_id| !pending.deleted_events.contains(event_id));
        pending.journal.retain(|entry| !pending.deleted_events.contains(&entry.event_id));
        pending.pool_deltas.retain(|pool_id, delta| !delta.is_zero() && self.pools.contains_key(pool_id));
        pending.seat_moves.retain(|_, seat_move| seat_move.from != seat_move.to);
        // A new hold or booking that was changed since is inserted as it is now.
        pending.changed_holds.retain(|hold_id| !pending.new_holds.contains(hold_id));
        pending.changed_bookings.retain(|booking_id| !pending.new_bookings.contains(booking_id));

        Changes {
            now: self.now,
            new_holds: take_rows(&mut self.holds, &pending.new_holds),
            changed_holds: take_rows(&mut self.holds, &pending.changed_holds),
            changed_items,
            placed_items,
            // Without the removed blocks, which are no longer in `self.blocks`.
            written_blocks: take_rows(&mut self.blocks, &pending.blocks),
            ended_blocks: pending.blocks.into_iter().collect(),
            new_bookings: take_rows(&mut self.bookings, &pending.new_bookings),
            cancelled_bookings: take_rows(&mut self.bookings, &pending.changed_bookings),
            amended_events: take_rows(&mut self.events, &pending.amended_events),
            deleted_events: pending.deleted_events.into_iter().collect(),
            pool_deltas: pending.pool_deltas.into_values().collect(),
            counters,
            seat_moves: pending.seat_moves.into_values().collect(),
            seats_after,
            journal: pending.journal,
        }
    }

    /// Deltas of the event counters that changed.
    fn changed_counters(&self) -> Vec<(EventId, EventCounters)> {
        let mut changed = Vec::new();
        for event in self.events.values() {
            let before = self.pending.counters_before[&event.event_id];
            if event.counters != before {
                changed.push((event.event_id, event.counters.minus(before)));
            }
        }
        changed
    }

    /// See [`Changes::seats_after`]. Deleted events are left out.
    fn take_seats_after(&mut self) -> Vec<(EventId, i64, LoadedSeats)> {
        let mut seats_after = Vec::new();
        for (event_id, seats) in std::mem::take(&mut self.loaded_seats) {
            if let Some(event) = self.events.get(&event_id) {
                seats_after.push((event_id, event.counters.seq, seats));
            }
        }
        seats_after
    }

    /// See [`Changes::changed_items`]. Copies, because each of these holds is among the changed holds too. Items of new
    /// holds are inserted with their holds.
    fn changed_items(&self) -> Vec<ChangedItems> {
        let mut changed = Vec::new();
        for (hold_id, rows_before) in &self.pending.changed_items {
            if let Some(hold) = self.holds.get(hold_id)
                && !self.pending.new_holds.contains(hold_id)
            {
                let (hold_id, items) = (*hold_id, hold.items.clone());
                changed.push(ChangedItems { hold_id, rows_before: *rows_before, items });
            }
        }
        changed
    }

    /// See [`Changes::placed_items`].
    fn take_placed_items(&mut self) -> Vec<(HoldId, Vec<Item>)> {
        let mut placed = Vec::new();
        for hold_id in self.pending.changed_items.keys() {
            if let Some(items) = self.placed_items.remove(hold_id) {
                placed.push((*hold_id, items));
            }
        }
        placed
    }
}

/// Takes the rows with these ids, as far as they exist.
fn take_rows<K: Ord, V>(rows: &mut BTreeMap<K, V>, ids: &BTreeSet<K>) -> Vec<V> {
    ids.iter().filter_map(|id| rows.remove(id)).collect()
}

/// Access to single rows.
impl BatchState {
    fn event_mut(&mut self, event_id: EventId) -> &mut LoadedEvent {
        self.events.get_mut(&event_id).expect("the event of every loaded row is loaded")
    }

    fn pool_mut(&mut self, pool_id: PoolId) -> &mut Pool {
        self.pools.get_mut(&pool_id).expect("all pools of a loaded event are loaded")
    }

    fn hold_mut(&mut self, hold_id: HoldId) -> &mut Hold {
        self.holds.get_mut(&hold_id).expect("a hold to change and the hold of a booking are loaded")
    }
}
