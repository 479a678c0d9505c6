//! Groups in several rows of a section: a seed, and the free seats nearest to it by the layout's coordinates.
//!
//! Finding the most compact of all groups would take too long, so only some seats are used as seeds. The picker chooses
//! the strips to start from; in each of them, the best seats of the longest free runs are the seeds.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::tournament::Score;
use super::{Rank, SeatFilter, View, Window};

/// Most rows in front of and behind its seed that a group extends over.
pub const NEARBY_ROWS: usize = 2;
/// Number of strips that groups are grown from: those with the longest free runs. If none of them has enough seats
/// within reach, one more is tried: the strip with most free seats within reach.
pub const NEARBY_STARTS: usize = 8;
/// Number of free runs per strip that have a seed.
pub const SEEDS_PER_START: usize = 2;

/// The best group that grows from one of the `starts`.
pub fn best(view: View<'_>, filter: SeatFilter, size: u32, starts: impl Iterator<Item = usize>) -> Option<Vec<u32>> {
    let (mut best_rank, mut best_group) = (Rank::NO_GROUP, Vec::new());
    for strip in starts.filter(|strip| largest_size(view, filter, *strip) >= size) {
        let seats_within_reach = seats_within_reach(view, filter, strip);
        for seed in seeds(view, filter, strip) {
            let group = grow_group(view, size, seed, &seats_within_reach);
            let rank = rank(view, filter, seed, &group);
            if rank < best_rank {
                let rank = rank.with_orphans(super::count(view.free.new_orphans(&group)));
                (best_rank, best_group) = (best_rank, best_group).min((rank, group));
            }
        }
    }
    (best_rank != Rank::NO_GROUP).then_some(best_group)
}

/// Size of the largest group that can grow from a strip.
pub fn largest_size(view: View<'_>, filter: SeatFilter, strip: usize) -> u32 {
    if !view.free.counts(strip).satisfy(filter) {
        return 0;
    }
    let strips = view.event_seats.nearby_strips(strip, NEARBY_ROWS);
    strips.map(|strip| view.free.counts(strip).admitted(filter)).sum()
}

fn seats_within_reach(view: View<'_>, filter: SeatFilter, strip: usize) -> Vec<u32> {
    let mut within_reach = Vec::new();
    let strips = view.event_seats.nearby_strips(strip, NEARBY_ROWS);
    for strip in strips.filter(|strip| view.free.counts(*strip).admitted(filter) > 0) {
        for run in view.event_seats.runs(strip) {
            let seats = run.clone().zip(view.free.flags_of_range(run));
            within_reach.extend(seats.filter(|(_, flags)| filter.admits(**flags)).map(|(seat, _)| seat));
        }
    }
    within_reach
}

/// The seeds of a strip: one seat of each of its longest free runs.
fn seeds(view: View<'_>, filter: SeatFilter, strip: usize) -> Vec<u32> {
    let admits = |seat: &u32| filter.admits(view.free.flags(*seat));
    let mut length_and_seed: Vec<(Reverse<u32>, u32)> = Vec::new();
    for run in view.event_seats.runs(strip) {
        let mut rest = run.clone();
        while let Some(first) = rest.find(admits) {
            let end = (first..run.end).find(|seat| !admits(seat)).unwrap_or(run.end);
            rest = end..run.end;
            length_and_seed.extend(seed(view, filter, first..end).map(|seed| (Reverse(end - first), seed)));
        }
    }
    length_and_seed.sort_unstable();
    length_and_seed.truncate(SEEDS_PER_START);
    length_and_seed.into_iter().map(|(_, seed)| seed).collect()
}

/// The seat of a free run that is nearest to the focal point. For a group that needs an accessible seat, the seed is
/// one, so that the group has at least one.
fn seed(view: View<'_>, filter: SeatFilter, free_run: Range<u32>) -> Option<u32> {
    let candidates = free_run.filter(|seat| filter.is_satisfied_by(view.free.flags(*seat)));
    candidates.min_by_key(|seat| (view.distance(*seat), *seat))
}

/// The seed and the seats nearest to it, sorted by index.
fn grow_group(view: View<'_>, size: u32, seed: u32, within_reach: &[u32]) -> Vec<u32> {
    let seed_position = view.position(seed);
    // The seed gets the only 0, so that it is in the group even if other seats have the same coordinates.
    let key = |seat: u32| if seat == seed { 0 } else { 1 + view.position(seat).distance_squared(seed_position) };
    let mut by_distance: Vec<(u64, u32)> = within_reach.iter().map(|seat| (key(*seat), *seat)).collect();
    let size = size as usize;
    if size < by_distance.len() {
        by_distance.select_nth_unstable(size);
        by_distance.truncate(size);
    }
    let mut group: Vec<u32> = by_distance.into_iter().map(|(_, seat)| seat).collect();
    group.sort_unstable();
    group
}

/// Rank without orphans, as [`Window::rank`].
fn rank(view: View<'_>, filter: SeatFilter, seed: u32, group: &[u32]) -> Rank {
    let mut window = Window::default();
    group.iter().for_each(|seat| window.enter(view.free.flags(*seat), view.distance(*seat)));
    let seed_position = view.position(seed);
    let spread = group.iter().map(|seat| view.position(*seat).distance(seed_position)).sum();
    window.rank(filter, spread, seed)
}
