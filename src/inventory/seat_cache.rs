//! What is known of the seats of events between two batches.
//!
//! Only a hint: see `load/seatings.rs`. A batch takes it and gives it back when its end is known; who fails in between loses
//! it, and the next batch reads the seats again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::loaded_seats::LoadedSeats;
use crate::domain::ids::{EventId, VenueId};
use crate::domain::seating::Layout;

/// The most seats that are remembered, of all events together: about a hundred bytes each. Beyond it the events that were not
/// asked for the longest are forgotten.
const SEATS_KEPT_MAX: usize = 1_000_000;

/// With more layouts than this, those that no seating needs are forgotten.
const LAYOUTS_KEPT_MAX: usize = 16;

/// Shared by all lanes. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct SeatCache(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    seatings: HashMap<EventId, CachedSeats>,
    /// Those of the seatings, and of some that were lost: who reads the seats again need not read their layout.
    layouts: HashMap<(VenueId, u32), Arc<Layout>>,
    seats: usize,
    uses: u64,
}

#[derive(Debug)]
struct CachedSeats {
    /// The event's last journal entry that it knows of.
    seq: i64,
    seating: LoadedSeats,
    last_use: u64,
}

impl SeatCache {
    pub fn knows(&self, event_id: EventId) -> bool {
        self.kept().seatings.contains_key(&event_id)
    }

    /// Whatever is known, with the journal entry up to which it is.
    pub fn take(&self, event_id: EventId) -> Option<(i64, LoadedSeats)> {
        self.kept().remove(event_id).map(|kept| (kept.seq, kept.seating))
    }

    /// Only if it is as of this journal entry.
    pub fn take_current(&self, event_id: EventId, seq: i64) -> Option<LoadedSeats> {
        let mut kept = self.kept();
        if kept.seatings.get(&event_id)?.seq != seq {
            return None;
        }
        kept.remove(event_id).map(|kept| kept.seating)
    }

    /// What is known once everything up to this journal entry is committed.
    pub fn give_back(&self, event_id: EventId, seq: i64, seating: LoadedSeats) {
        let mut kept = self.kept();
        // Without lanes, two batches of one event may overlap: who knows more wins.
        if kept.seatings.get(&event_id).is_some_and(|present| present.seq > seq) {
            return;
        }
        kept.remove(event_id);
        kept.uses += 1;
        let last_use = kept.uses;
        kept.seats += seating.states().len();
        kept.seatings.insert(event_id, CachedSeats { seq, seating, last_use });
        kept.forget_beyond(SEATS_KEPT_MAX);
    }

    pub fn layout(&self, venue_id: VenueId, version: u32) -> Option<Arc<Layout>> {
        self.kept().layouts.get(&(venue_id, version)).cloned()
    }

    pub fn keep_layout(&self, venue_id: VenueId, version: u32, layout: &Arc<Layout>) {
        let mut kept = self.kept();
        if kept.layouts.len() >= LAYOUTS_KEPT_MAX {
            kept.layouts.retain(|_, layout| Arc::strong_count(layout) > 1);
        }
        kept.layouts.insert((venue_id, version), layout.clone());
    }

    /// Never held across an await. Nothing in here is left half done by a panic.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remove(&mut self, event_id: EventId) -> Option<CachedSeats> {
        let removed = self.seatings.remove(&event_id)?;
        self.seats -= removed.seating.states().len();
        Some(removed)
    }

    fn forget_beyond(&mut self, seats_max: usize) {
        while self.seats > seats_max && self.seatings.len() > 1 {
            let oldest = self.seatings.iter().min_by_key(|(_, kept)| kept.last_use).map(|(event_id, _)| *event_id);
            let Some(oldest) = oldest else { return };
            self.remove(oldest);
        }
    }
}
