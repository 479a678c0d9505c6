//! Tournament trees that are brought up to date when they are used.
//!
//! Taking or freeing a seat only records which strip changed. A tree reads these changes at its next use, so the trees
//! for kinds of groups that are not requested at the moment cost nothing.

use std::collections::BTreeMap;

use super::event_seats::EventSeats;
use super::tournament::{Score, Tournament};

/// Most changes kept. A tree that missed more is built anew.
const CHANGES_MAX: usize = 4_096;

/// Most trees kept of one kind. The least recently used one is dropped.
const TREES_MAX: usize = 64;

/// Log of changed strips, oldest first.
#[derive(Debug, Default)]
pub(super) struct Changes {
    strips: Vec<u32>,
    /// Number of older changes that were dropped.
    dropped: usize,
}

impl Changes {
    /// Records a change of a strip.
    pub fn record(&mut self, strip: usize) {
        if self.strips.len() == CHANGES_MAX {
            self.strips.drain(..CHANGES_MAX / 2);
            self.dropped += CHANGES_MAX / 2;
        }
        self.strips.push(u32::try_from(strip).expect("there are no more strips than seats"));
    }

    /// Number of changes so far, dropped ones included.
    fn count(&self) -> usize {
        self.dropped + self.strips.len()
    }

    /// Changes after the first `count`; `None` if some of them were dropped.
    fn since(&self, count: usize) -> Option<&[u32]> {
        self.strips.get(count.checked_sub(self.dropped)?..)
    }
}

/// A tournament tree, and the changes that it includes.
#[derive(Debug)]
pub(super) struct LazyTournament<S> {
    /// `None` before the first use.
    tournament: Option<Tournament<S>>,
    /// Number of changes at the last use.
    seen: usize,
}

impl<S: Score> LazyTournament<S> {
    /// The tournament of a key, a new one if necessary.
    pub fn get_or_insert<K: Copy + Ord>(tournaments: &mut BTreeMap<K, Self>, key: K) -> &mut Self {
        if tournaments.len() == TREES_MAX && !tournaments.contains_key(&key) {
            let idle = tournaments.iter().min_by_key(|(_, tournament)| tournament.seen).map(|(key, _)| *key);
            idle.and_then(|idle| tournaments.remove(&idle));
        }
        tournaments.entry(key).or_insert(Self { tournament: None, seen: 0 })
    }

    /// The tournament with all changes applied. A change of a strip also resets the scores of the strips within `reach`
    /// rows.
    pub fn update(
        &mut self,
        event_seats: &EventSeats,
        changes: &Changes,
        reach: usize,
        bound: impl Fn(usize) -> S,
    ) -> &mut Tournament<S> {
        let strips = event_seats.strips().len();
        let changed = changes.since(self.seen).filter(|changed| changed.len() * (2 * reach + 1) < strips);
        self.seen = changes.count();
        let tournament = match (self.tournament.take(), changed) {
            (Some(mut tournament), Some(changed)) => {
                for strip in changed.iter().flat_map(|strip| event_seats.nearby_strips(*strip as usize, reach)) {
                    tournament.reset(strip, bound(strip));
                }
                tournament
            }
            _ => Tournament::new((0..strips).map(bound)),
        };
        self.tournament.insert(tournament)
    }
}
