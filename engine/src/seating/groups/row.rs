//! Groups in one row that need not be adjacent: consecutive entries in the list of the strip's free seats.

use super::super::tournament::Score;
use super::{Rank, SeatFilter, View, Window};

/// Rank of the best group in a strip.
pub fn best(view: View<'_>, filter: SeatFilter, size: u32, strip: usize) -> Rank {
    let free = admitted_seats(view, filter, strip);
    let mut best = Rank::NO_GROUP;
    let mut window = Window::default();
    for (last, seat) in free.iter().enumerate() {
        window.enter(view.free.flags(*seat), view.distance(*seat));
        let Some(first) = (last + 1).checked_sub(size as usize) else { continue };
        let group = &free[first..=last];
        let rank = window.rank(filter, seat - group[0], group[0]);
        if rank < best && window.satisfies(filter) {
            best = best.min(rank.with_orphans(super::count(view.free.new_orphans(group))));
        }
        window.leave(view.free.flags(group[0]), view.distance(group[0]));
    }
    best
}

/// The group that begins with the seat `first`.
pub fn group_from(view: View<'_>, filter: SeatFilter, size: u32, first: u32) -> Vec<u32> {
    let free = admitted_seats(view, filter, view.event_seats.strip_of(first)).into_iter();
    free.skip_while(|seat| *seat < first).take(size as usize).collect()
}

/// Size of the largest group in a strip.
pub fn largest_size(view: View<'_>, filter: SeatFilter, strip: usize) -> u32 {
    let counts = view.free.counts(strip);
    if counts.satisfy(filter) { counts.admitted(filter) } else { 0 }
}

fn admitted_seats(view: View<'_>, filter: SeatFilter, strip: usize) -> Vec<u32> {
    view.event_seats.seats(strip).filter(|seat| filter.admits(view.free.flags(*seat))).collect()
}
