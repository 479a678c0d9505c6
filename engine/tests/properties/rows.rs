//! The database in memory: the same rows, constraints and row counts.
//!
//! It applies `Changes` as `store` does: new rows inserted, deltas added, changed rows only where they are as expected.
//! A constraint of `migrations/` that would be violated is an error that names it.

mod seats;

use std::collections::BTreeMap;
use std::sync::Arc;

use boxoffice_engine::ids::{BlockId, BookingId, EventId, HoldId, PoolId, TicketTypeId, VenueId};
use boxoffice_engine::inventory::batch_state::TicketType;
use boxoffice_engine::inventory::changes::{ChangedItems, Changes, EntryKind, EventCounters, JournalEntry, PoolDelta};
use boxoffice_engine::inventory::command::Pool;
use boxoffice_engine::model::block::Block;
use boxoffice_engine::model::booking::{Booking, BookingStatus};
use boxoffice_engine::model::event::{EventTerms, OpaqueDetails};
use boxoffice_engine::model::hold::{Hold, HoldStatus, Item};
use boxoffice_engine::seating::{Layout, SeatIndex};

pub use seats::SeatRow;

use test_support::translate;
use test_support::violation::Violation;

use crate::constraints;

/// Row of `events` together with its row of `inventory`.
#[derive(Clone, Debug)]
pub struct EventRow {
    pub details: OpaqueDetails,
    pub terms: EventTerms,
    pub layout: Option<(VenueId, u32)>,
    pub counters: EventCounters,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub events: BTreeMap<EventId, EventRow>,
    pub pools: BTreeMap<PoolId, Pool>,
    pub ticket_types: BTreeMap<TicketTypeId, TicketType>,
    /// Holds with their items.
    pub holds: BTreeMap<HoldId, Hold>,
    /// Items as placed, of holds whose items were changed later.
    pub placed_items: BTreeMap<HoldId, Vec<Item>>,
    /// Blocks with their seats, which the database stores in the seat rows.
    pub blocks: BTreeMap<(EventId, BlockId), Block>,
    pub layouts: BTreeMap<(VenueId, u32), Arc<Layout>>,
    pub seats: BTreeMap<(EventId, SeatIndex), SeatRow>,
    pub bookings: BTreeMap<BookingId, Booking>,
    pub journal: BTreeMap<(EventId, i64), JournalEntry>,
}

impl Rows {
    /// Inserts an event as `ops::create_event` does; [`Self::add_pool`] writes its journal entry per pool.
    pub fn add_event(&mut self, event_id: EventId, terms: EventTerms) {
        let details = translate::details(None, None);
        self.events.insert(event_id, EventRow { details, terms, layout: None, counters: EventCounters::default() });
    }

    pub fn add_pool(&mut self, pool_id: PoolId, event_id: EventId, capacity: u32) {
        self.pools.insert(pool_id, Pool { pool_id, event_id, capacity, held: 0, booked: 0, blocked: 0, seated: false });
        let counters = &mut self.events.get_mut(&event_id).expect("the event comes first").counters;
        counters.seq += 1;
        let opened = PoolDelta { capacity: capacity as i32, ..PoolDelta::zero(pool_id) };
        let entry = JournalEntry {
            event_id,
            seq: counters.seq,
            kind: EntryKind::PoolOpened,
            hold_id: None,
            booking_id: None,
            delta: Some(opened),
            seats: Vec::new(),
        };
        self.journal.insert((event_id, entry.seq), entry);
    }

    /// Applies the changes of a batch.
    pub fn apply(&mut self, changes: &Changes) -> Result<(), Violation> {
        for hold in &changes.new_holds {
            self.insert_hold(hold)?;
        }
        for hold in &changes.changed_holds {
            self.change_hold(hold, changes.changed_items.iter().find(|items| items.hold_id == hold.hold_id))?;
        }
        self.keep_placed(&changes.placed_items)?;
        for booking in &changes.new_bookings {
            self.insert_booking(booking)?;
        }
        for booking in &changes.cancelled_bookings {
            self.cancel_booking(booking)?;
        }
        for event in &changes.amended_events {
            let row = self.events.get_mut(&event.event_id).ok_or("UPDATE events touched no row")?;
            row.details = event.details.clone().ok_or("an event is amended without its details")?;
            row.terms = EventTerms { currency: row.terms.currency, ..event.terms.clone() };
            constraints::event(row)?;
        }
        self.move_seats(&changes.seat_moves)?;
        self.replace_blocks(changes)?;
        self.advance(changes)?;
        for event_id in &changes.deleted_events {
            self.delete_event(*event_id)?;
        }
        Ok(())
    }

    fn insert_hold(&mut self, hold: &Hold) -> Result<(), Violation> {
        constraints::hold(hold)?;
        if self.holds.contains_key(&hold.hold_id) {
            return Err("holds_pkey".to_owned());
        }
        let key = |hold: &Hold| hold.idempotency.as_ref().map(|idempotency| idempotency.key);
        if key(hold).is_some() && self.holds.values().any(|other| key(other) == key(hold)) {
            return Err("holds_idempotency_key_unique".to_owned());
        }
        // `load` reads the items of a hold in the order of their key.
        let mut hold = hold.clone();
        hold.items.sort_by_key(|item| item.ticket_type_id);
        self.holds.insert(hold.hold_id, hold);
        Ok(())
    }

    /// Updates the columns that `store` writes, and checks that no other column has changed.
    fn change_hold(&mut self, hold: &Hold, changed: Option<&ChangedItems>) -> Result<(), Violation> {
        constraints::hold(hold)?;
        let row = self.holds.get_mut(&hold.hold_id).filter(|row| row.status == HoldStatus::Active);
        let row = row.ok_or_else(|| format!("UPDATE holds missed {}: it was not active", hold.hold_id))?;
        row.status = hold.status;
        row.extensions = hold.extensions;
        row.expires_at = hold.expires_at;
        row.ended_at = hold.ended_at;
        if let Some(changed) = changed {
            if row.items.len() != changed.rows_before {
                return Err(format!("DELETE FROM items expected {} rows of {row:?}", changed.rows_before));
            }
            row.items.clone_from(&changed.items);
            row.items.sort_by_key(|item| item.ticket_type_id);
        }
        if row == hold { Ok(()) } else { Err(format!("a column that is never written differs: {row:?} {hold:?}")) }
    }

    /// Stores the items as placed, unless an earlier change has stored them.
    fn keep_placed(&mut self, placed: &[(HoldId, Vec<Item>)]) -> Result<(), Violation> {
        for (hold_id, items) in placed {
            constraints::items(items)?;
            self.placed_items.entry(*hold_id).or_insert_with(|| items.clone());
        }
        Ok(())
    }

    fn replace_blocks(&mut self, changes: &Changes) -> Result<(), Violation> {
        for ids in &changes.ended_blocks {
            self.blocks.remove(ids);
        }
        for block in &changes.written_blocks {
            constraints::block(block)?;
            if self.blocks.insert((block.event_id, block.block_id), block.clone()).is_some() {
                return Err("blocks_pkey".to_owned());
            }
        }
        Ok(())
    }

    fn insert_booking(&mut self, booking: &Booking) -> Result<(), Violation> {
        constraints::booking(booking)?;
        if self.bookings.contains_key(&booking.booking_id) {
            return Err("bookings_pkey".to_owned());
        }
        if self.bookings.values().any(|other| other.hold_id == booking.hold_id) {
            return Err("bookings_hold_unique".to_owned());
        }
        self.bookings.insert(booking.booking_id, booking.clone());
        Ok(())
    }

    fn cancel_booking(&mut self, booking: &Booking) -> Result<(), Violation> {
        constraints::booking(booking)?;
        let row = self.bookings.get_mut(&booking.booking_id).filter(|row| row.status == BookingStatus::Confirmed);
        let row = row.ok_or("UPDATE bookings missed one: it was not confirmed")?;
        row.status = BookingStatus::Cancelled;
        row.cancelled_at = booking.cancelled_at;
        if row == booking {
            Ok(())
        } else {
            Err(format!("a column that is never written differs: {row:?} {booking:?}"))
        }
    }

    fn advance(&mut self, changes: &Changes) -> Result<(), Violation> {
        for delta in &changes.pool_deltas {
            let pool = self.pools.get_mut(&delta.pool_id).ok_or("UPDATE pools touched no row")?;
            constraints::add_pool_delta(pool, delta)?;
        }
        for entry in &changes.journal {
            if self.journal.insert((entry.event_id, entry.seq), entry.clone()).is_some() {
                return Err("journal_pkey".to_owned());
            }
        }
        for (event_id, delta) in &changes.counters {
            let row = self.events.get_mut(event_id).ok_or("UPDATE inventory touched no row")?;
            constraints::add_event_counters(&mut row.counters, delta)?;
        }
        Ok(())
    }

    fn delete_event(&mut self, event_id: EventId) -> Result<(), Violation> {
        self.events.remove(&event_id).ok_or("DELETE FROM events touched no row")?;
        self.pools.retain(|_, pool| pool.event_id != event_id);
        self.ticket_types.retain(|_, ticket_type| ticket_type.event_id != event_id);
        self.blocks.retain(|(of_event, _), _| *of_event != event_id);
        self.seats.retain(|(of_event, _), _| *of_event != event_id);
        self.journal.retain(|(of_event, _), _| *of_event != event_id);
        Ok(())
    }
}
