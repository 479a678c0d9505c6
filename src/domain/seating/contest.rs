//! A tournament that keeps up with a event_seats that changes.
//!
//! Who takes or frees a seat only writes down which strip changed. A contest reads that when it is asked again, so the many
//! kinds of groups that nobody asks for at the moment cost nothing.

use std::collections::BTreeMap;

use super::event_seats::EventSeats;
use super::tournament::{Score, Tournament};

/// How many changes are kept for contests that were not asked for some time; whoever comes later begins anew.
const CHANGES_KEPT: usize = 4_096;

/// How many contests of one kind are kept; the one that was not asked for the longest time makes room.
const CONTESTS_MAX: usize = 64;

/// The strips that changed, oldest first.
#[derive(Debug, Default)]
pub(super) struct Changes {
    strips: Vec<u32>,
    /// How many there were before these.
    forgotten: usize,
}

impl Changes {
    pub fn note(&mut self, strip: usize) {
        if self.strips.len() == CHANGES_KEPT {
            self.strips.drain(..CHANGES_KEPT / 2);
            self.forgotten += CHANGES_KEPT / 2;
        }
        self.strips.push(u32::try_from(strip).expect("there are no more strips than seats"));
    }

    fn count(&self) -> usize {
        self.forgotten + self.strips.len()
    }

    /// What changed since there were so many; `None` if that is forgotten.
    fn since(&self, count: usize) -> Option<&[u32]> {
        self.strips.get(count.checked_sub(self.forgotten)?..)
    }
}

#[derive(Debug)]
pub(super) struct Contest<S> {
    /// None before it is first asked.
    tournament: Option<Tournament<S>>,
    /// How many changes there were when it was last asked.
    seen: usize,
}

impl<S: Score> Contest<S> {
    /// The contest of a key, which may be a new one.
    pub fn of<K: Copy + Ord>(contests: &mut BTreeMap<K, Self>, key: K) -> &mut Self {
        if contests.len() == CONTESTS_MAX && !contests.contains_key(&key) {
            let idle = contests.iter().min_by_key(|(_, contest)| contest.seen).map(|(key, _)| *key);
            idle.and_then(|idle| contests.remove(&idle));
        }
        contests.entry(key).or_insert(Self { tournament: None, seen: 0 })
    }

    /// The tournament as the event_seats stands. A change of one strip is one of all within `reach` rows.
    pub fn caught_up(
        &mut self,
        (event_seats, changes): (&EventSeats, &Changes),
        reach: usize,
        bound: impl Fn(usize) -> S,
    ) -> &mut Tournament<S> {
        let strips = event_seats.strips().len();
        let changed = changes.since(self.seen).filter(|changed| changed.len() * (2 * reach + 1) < strips);
        self.seen = changes.count();
        let tournament = match (self.tournament.take(), changed) {
            (Some(mut tournament), Some(changed)) => {
                let reset = changed.iter().flat_map(|strip| event_seats.around(*strip as usize, reach));
                reset.for_each(|strip| tournament.reset(strip, bound(strip)));
                tournament
            }
            _ => Tournament::new((0..strips).map(bound)),
        };
        self.tournament.insert(tournament)
    }
}
