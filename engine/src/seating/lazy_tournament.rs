//! Tournament trees that are brought up to date when they are used.
//!
//! Taking or freeing a seat only records which strip changed. A tree reads these changes at its next use, so the trees
//! for kinds of groups that are not requested at the moment cost nothing. For example: a tree was used after 10 changes;
//! then 3 more seats are taken; at its next use it replaces the scores of the strips of changes 11, 12 and 13.

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

/// Tournament trees of one kind, by key: one tree per requested size, for example.
#[derive(Debug)]
pub(super) struct LazyTournaments<K, S> {
    by_key: BTreeMap<K, LazyTournament<S>>,
}

impl<K: Copy + Ord, S: Score> LazyTournaments<K, S> {
    /// No trees.
    pub fn new() -> Self {
        Self { by_key: BTreeMap::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The tree of a key; a new one if there is none.
    pub fn get_or_insert(&mut self, key: K) -> &mut LazyTournament<S> {
        if self.by_key.len() == TREES_MAX && !self.by_key.contains_key(&key) {
            self.drop_least_recently_used();
        }
        self.by_key.entry(key).or_insert(LazyTournament { tournament: None, seen: 0 })
    }

    fn drop_least_recently_used(&mut self) {
        let oldest = self.by_key.iter().min_by_key(|(_, tournament)| tournament.seen);
        if let Some((key, _)) = oldest {
            let key = *key;
            self.by_key.remove(&key);
        }
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
    /// The tournament with all changes applied. A change of a strip also resets the scores of the strips within `reach`
    /// rows. `bound` returns the score that a changed strip gets.
    pub fn update(
        &mut self,
        event_seats: &EventSeats,
        changes: &Changes,
        reach: usize,
        bound: impl Fn(usize) -> S,
    ) -> &mut Tournament<S> {
        let strips = event_seats.strips().len();
        let strips_per_change = 2 * reach + 1;
        let missed = changes.since(self.seen);
        self.seen = changes.count();
        let tournament = match (self.tournament.take(), missed) {
            (Some(mut tournament), Some(missed)) if missed.len() * strips_per_change < strips => {
                for changed in missed {
                    for strip in event_seats.nearby_strips(*changed as usize, reach) {
                        tournament.reset(strip, bound(strip));
                    }
                }
                tournament
            }
            // There is no tree yet, or it missed so many changes that a new one is cheaper or the only way.
            _ => Tournament::new((0..strips).map(bound)),
        };
        self.tournament.insert(tournament)
    }
}
