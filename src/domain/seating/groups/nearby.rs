//! Groups in several rows of a section: a seed, and the free seats that are nearest to it as the event_seats is drawn.
//!
//! The most compact of all groups would take longer to find than anybody waits, so not every seat is a seed. The picker names
//! the strips to start from; of each, the best seats of its longest runs are seeds.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::tournament::Score;
use super::{Rank, Seats, View, Window};

/// How many rows before and behind its seed a group may reach.
pub const NEARBY_ROWS: usize = 2;
/// From how many strips groups are grown: those with the longest runs. Only if none of them has enough seats within reach, from
/// the one that has most.
pub const NEARBY_STARTS: usize = 8;
/// From how many runs of such a strip.
pub const SEEDS_PER_START: usize = 2;

/// The best group that grows from one of these strips.
pub fn best(view: View<'_>, seats: Seats, size: u32, starts: impl Iterator<Item = usize>) -> Option<Vec<u32>> {
    let mut best = (Rank::NOTHING, Vec::new());
    for strip in starts.filter(|strip| most(view, seats, *strip) >= size) {
        let within_reach = within_reach(view, seats, strip);
        for seed in seeds(view, seats, strip) {
            let group = grown_from(view, size, seed, &within_reach);
            let rank = rank(view, seats, seed, &group);
            if rank < best.0 {
                let rank = rank.with_orphans(super::count(view.free.new_orphans(&group)));
                best = best.min((rank, group));
            }
        }
    }
    (best.0 != Rank::NOTHING).then_some(best.1)
}

pub fn most(view: View<'_>, seats: Seats, strip: usize) -> u32 {
    if view.free.tally(strip).beginnings(seats) == 0 {
        return 0;
    }
    view.event_seats.around(strip, NEARBY_ROWS).map(|strip| view.free.tally(strip).admitted(seats)).sum()
}

fn within_reach(view: View<'_>, seats: Seats, strip: usize) -> Vec<u32> {
    let mut within_reach = Vec::new();
    for strip in view.event_seats.around(strip, NEARBY_ROWS).filter(|strip| view.free.tally(*strip).admitted(seats) > 0)
    {
        for block in view.event_seats.blocks(strip) {
            let free = block.clone().zip(view.free.states(block)).filter(|(_, state)| seats.admit(**state));
            within_reach.extend(free.map(|(seat, _)| seat));
        }
    }
    within_reach
}

/// Of each of the longest runs, the seat nearest to the focal point that a group can begin with.
fn seeds(view: View<'_>, seats: Seats, strip: usize) -> Vec<u32> {
    let mut runs: Vec<(Reverse<u32>, u32)> = Vec::new();
    for block in view.event_seats.blocks(strip) {
        let admits = |seat: &u32| seats.admit(view.free.state(*seat));
        let mut rest = block.clone();
        while let Some(first) = rest.find(admits) {
            let end = (first..block.end).find(|seat| !admits(seat)).unwrap_or(block.end);
            rest = end..block.end;
            runs.extend(seed(view, seats, first..end).map(|seed| (Reverse(end - first), seed)));
        }
    }
    runs.sort_unstable();
    runs.truncate(SEEDS_PER_START);
    runs.into_iter().map(|(_, seed)| seed).collect()
}

fn seed(view: View<'_>, seats: Seats, run: Range<u32>) -> Option<u32> {
    run.filter(|seat| seats.begin_with(view.free.state(*seat))).min_by_key(|seat| (view.distance(*seat), *seat))
}

/// The seed and those nearest to it, in the order of their indexes.
fn grown_from(view: View<'_>, size: u32, seed: u32, within_reach: &[u32]) -> Vec<u32> {
    let here = view.at(seed);
    // The seed comes first, even if somebody drew two seats at one place.
    let far = |seat: u32| if seat == seed { 0 } else { 1 + view.at(seat).distance_squared(here) };
    let mut by_distance: Vec<(u64, u32)> = within_reach.iter().map(|seat| (far(*seat), *seat)).collect();
    let size = size as usize;
    if size < by_distance.len() {
        by_distance.select_nth_unstable(size);
        by_distance.truncate(size);
    }
    let mut group: Vec<u32> = by_distance.into_iter().map(|(_, seat)| seat).collect();
    group.sort_unstable();
    group
}

/// Without the orphans, as [`Window::rank`].
fn rank(view: View<'_>, seats: Seats, seed: u32, group: &[u32]) -> Rank {
    let mut sum = Window::default();
    group.iter().for_each(|seat| sum.enter(view.free.state(*seat), view.distance(*seat)));
    let spread = group.iter().map(|seat| view.at(*seat).distance(view.at(seed))).sum();
    sum.rank(seats, spread, seed)
}
