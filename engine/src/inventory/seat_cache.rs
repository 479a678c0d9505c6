//! Seat cache: the loaded seats of events, kept between batches.
//!
//! Entries can be out of date, so `load/seats.rs` checks them before use. A batch takes an entry and puts it back once
//! the batch has ended as planned. A batch that fails does not put it back, and the next batch reads the seats again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::loaded_seats::LoadedSeats;
use crate::ids::{EventId, VenueId};
use crate::seating::Layout;

/// Largest number of cached seats, of all events together, at about 100 bytes each. Above it the least recently used
/// events are removed; the last one stays whatever its size.
const CACHED_SEATS_MAX: usize = 1_000_000;

/// From this number of layouts on, adding one first removes those that no loaded event uses.
const CACHED_LAYOUTS_MAX: usize = 16;

/// See the module's documentation. Shared by all lanes. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct SeatCache(Arc<Mutex<CacheContents>>);

#[derive(Debug, Default)]
struct CacheContents {
    events: HashMap<EventId, CachedSeats>,
    /// By venue and version. Also layouts of events that are no longer cached, so that their seats can be read without
    /// them.
    layouts: HashMap<(VenueId, u32), Arc<Layout>>,
    /// Number of seats of all `events`.
    seats: usize,
    /// Number of insertions so far; clock for `last_use`.
    uses: u64,
}

#[derive(Debug)]
struct CachedSeats {
    /// Number of the last journal entry of the event that `seats` includes.
    seq: i64,
    seats: LoadedSeats,
    last_use: u64,
}

impl SeatCache {
    /// Whether the cache has an entry for the event, of whatever age.
    pub fn contains(&self, event_id: EventId) -> bool {
        self.contents().events.contains_key(&event_id)
    }

    /// Takes the event's entry, of whatever age: the number of the last journal entry it includes, and the seats.
    pub fn take(&self, event_id: EventId) -> Option<(i64, LoadedSeats)> {
        self.contents().remove(event_id).map(|cached| (cached.seq, cached.seats))
    }

    /// Takes the event's seats if their last journal entry is number `seq`; otherwise leaves the entry in the cache.
    pub fn take_current(&self, event_id: EventId, seq: i64) -> Option<LoadedSeats> {
        let mut contents = self.contents();
        if contents.events.get(&event_id)?.seq != seq {
            return None;
        }
        contents.remove(event_id).map(|cached| cached.seats)
    }

    /// Adds or replaces the event's entry. `seats` must be as committed with journal entry number `seq`. An entry that
    /// is newer is left in place.
    pub fn put_back(&self, event_id: EventId, seq: i64, seats: LoadedSeats) {
        let mut contents = self.contents();
        // Without lanes, two batches of one event can overlap. The newer entry wins.
        if contents.events.get(&event_id).is_some_and(|present| present.seq > seq) {
            return;
        }
        contents.remove(event_id);
        contents.uses += 1;
        let last_use = contents.uses;
        contents.seats += seats.states().len();
        contents.events.insert(event_id, CachedSeats { seq, seats, last_use });
        contents.evict_beyond(CACHED_SEATS_MAX);
    }

    /// A cached layout of a venue.
    pub fn layout(&self, venue_id: VenueId, version: u32) -> Option<Arc<Layout>> {
        self.contents().layouts.get(&(venue_id, version)).cloned()
    }

    /// Adds a layout of a venue.
    pub fn insert_layout(&self, venue_id: VenueId, version: u32, layout: &Arc<Layout>) {
        let mut contents = self.contents();
        if contents.layouts.len() >= CACHED_LAYOUTS_MAX {
            contents.layouts.retain(|_, layout| Arc::strong_count(layout) > 1);
        }
        contents.layouts.insert((venue_id, version), layout.clone());
    }

    /// Locks the cache. Never held across an await. Poisoning is ignored: a panic inside leaves at most a wrong count
    /// of seats.
    fn contents(&self) -> MutexGuard<'_, CacheContents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheContents {
    fn remove(&mut self, event_id: EventId) -> Option<CachedSeats> {
        let removed = self.events.remove(&event_id)?;
        self.seats -= removed.seats.states().len();
        Some(removed)
    }

    /// Removes the least recently used events until at most `seats_max` seats, or one event, are left.
    fn evict_beyond(&mut self, seats_max: usize) {
        while self.seats > seats_max && self.events.len() > 1 {
            let oldest = self.events.iter().min_by_key(|(_, cached)| cached.last_use).map(|(event_id, _)| *event_id);
            let Some(oldest) = oldest else { return };
            self.remove(oldest);
        }
    }
}
