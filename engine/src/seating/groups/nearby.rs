//! Groups in several rows of a section: a seed, and the free seats nearest to it by the layout's coordinates.
//!
//! Finding the most compact of all groups would take too long, so only some seats are used as seeds. The picker chooses
//! the strips to start from; in each of them, the best seats of the longest free runs are the seeds.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::tournament::Score;
use super::{Criteria, Rank, SeatFilter, View, Window, count_orphans};

/// Most rows in front of and behind its seed that a group extends over.
pub const NEARBY_ROWS: usize = 2;
/// Number of strips that groups are grown from: those with the longest free runs. If none of them has enough seats
/// within reach, one more is tried: the strip with most free seats within reach.
pub const NEARBY_STARTS: usize = 8;
/// Number of free runs per strip that have a seed.
pub const SEEDS_PER_START: usize = 2;

/// A seat that a group may grow from. The derived order puts the longest run first, then the lowest index.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SeedCandidate {
    run_length: Reverse<u32>,
    seat: u32,
}

/// The best group that grows from one of the `starts`.
pub fn best(view: View<'_>, filter: SeatFilter, size: u32, starts: impl Iterator<Item = usize>) -> Option<Vec<u32>> {
    let mut best_rank = Rank::NO_GROUP;
    let mut best_group = None;
    for strip in starts {
        if largest_size(view, filter, strip) < size {
            continue;
        }
        let seats_within_reach = seats_within_reach(view, filter, strip);
        for seed in seeds(view, filter, strip) {
            let group = grow_group(view, size, seed, &seats_within_reach);
            let criteria = criteria_without_orphans(view, filter, seed, &group);
            if Rank::from(criteria) >= best_rank {
                continue;
            }
            let rank = Rank::from(Criteria { orphans: count_orphans(view, &group), ..criteria });
            if rank < best_rank {
                best_rank = rank;
                best_group = Some(group);
            }
        }
    }
    best_group
}

/// Size of the largest group that can grow from a strip: the number of admitted seats within reach, or 0 if no seat of
/// the strip can be a seed.
pub fn largest_size(view: View<'_>, filter: SeatFilter, strip: usize) -> u32 {
    if !view.free.counts(strip).satisfy(filter) {
        return 0;
    }
    view.event_seats.nearby_strips(strip, NEARBY_ROWS).map(|near| view.free.counts(near).admitted(filter)).sum()
}

/// Seats that a group can get if it grows from a strip, sorted by strip and index.
fn seats_within_reach(view: View<'_>, filter: SeatFilter, strip: usize) -> Vec<u32> {
    let mut within_reach = Vec::new();
    for near in view.event_seats.nearby_strips(strip, NEARBY_ROWS) {
        if view.free.counts(near).admitted(filter) == 0 {
            continue;
        }
        for run in view.event_seats.runs(near) {
            for (seat, flags) in run.clone().zip(view.free.flags_of_range(run)) {
                if filter.admits(*flags) {
                    within_reach.push(seat);
                }
            }
        }
    }
    within_reach
}

/// The seeds of a strip: one seat of each of its longest free runs.
fn seeds(view: View<'_>, filter: SeatFilter, strip: usize) -> Vec<u32> {
    let mut candidates: Vec<SeedCandidate> = Vec::new();
    for free_run in free_runs(view, filter, strip) {
        let run_length = Reverse(free_run.end - free_run.start);
        if let Some(seat) = seed(view, filter, free_run) {
            candidates.push(SeedCandidate { run_length, seat });
        }
    }
    candidates.sort_unstable();
    candidates.truncate(SEEDS_PER_START);
    candidates.into_iter().map(|candidate| candidate.seat).collect()
}

/// Runs of admitted seats of a strip, from left to right.
fn free_runs(view: View<'_>, filter: SeatFilter, strip: usize) -> Vec<Range<u32>> {
    let mut free_runs: Vec<Range<u32>> = Vec::new();
    for run in view.event_seats.runs(strip) {
        let mut start = None;
        for seat in run.clone() {
            if filter.admits(view.free.flags(seat)) {
                start.get_or_insert(seat);
            } else if let Some(start) = start.take() {
                free_runs.push(start..seat);
            }
        }
        if let Some(start) = start {
            free_runs.push(start..run.end);
        }
    }
    free_runs
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
    // Moves the `size` nearest seats to the front; cheaper than sorting all.
    if size < by_distance.len() {
        by_distance.select_nth_unstable(size);
        by_distance.truncate(size);
    }
    let mut group: Vec<u32> = by_distance.into_iter().map(|(_, seat)| seat).collect();
    group.sort_unstable();
    group
}

/// See [`Window::criteria_without_orphans`].
fn criteria_without_orphans(view: View<'_>, filter: SeatFilter, seed: u32, group: &[u32]) -> Criteria {
    let seed_position = view.position(seed);
    let mut window = Window::default();
    let mut spread = 0;
    for seat in group {
        window.enter(view.free.flags(*seat), view.distance(*seat));
        spread += view.position(*seat).distance(seed_position);
    }
    window.criteria_without_orphans(filter, spread, seed)
}
