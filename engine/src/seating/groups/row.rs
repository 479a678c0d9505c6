//! Groups in one row that need not be adjacent: consecutive entries in the list of the strip's free seats.
//!
//! For example, if seats 1, 2, 5, 6 and 9 of a row are free, the groups of three seats are 1-2-5, 2-5-6 and 5-6-9.

use super::super::tournament::Score;
use super::{Criteria, Rank, SeatFilter, View, Window, count_orphans};

/// Rank of the best group in a strip.
pub fn best(view: View<'_>, filter: SeatFilter, size: u32, strip: usize) -> Rank {
    let free = admitted_seats(view, filter, strip);
    let mut best = Rank::NO_GROUP;
    let mut window = Window::default();
    for (last, seat) in free.iter().enumerate() {
        window.enter(view.free.flags(*seat), view.distance(*seat));
        let Some(first) = (last + 1).checked_sub(size as usize) else { continue };
        let group = &free[first..=last];
        let first_seat = group[0];
        let criteria = window.criteria_without_orphans(filter, seat - first_seat, first_seat);
        if Rank::from(criteria) < best && window.satisfies(filter) {
            best = best.min(Rank::from(Criteria { orphans: count_orphans(view, group), ..criteria }));
        }
        window.leave(view.free.flags(first_seat), view.distance(first_seat));
    }
    best
}

/// The group that begins with the seat `first`.
pub fn group_from(view: View<'_>, filter: SeatFilter, size: u32, first: u32) -> Vec<u32> {
    let mut seats = admitted_seats(view, filter, view.event_seats.strip_of(first));
    seats.retain(|seat| *seat >= first);
    seats.truncate(size as usize);
    seats
}

/// Size of the largest group in a strip.
pub fn largest_size(view: View<'_>, filter: SeatFilter, strip: usize) -> u32 {
    let counts = view.free.counts(strip);
    if counts.satisfy(filter) { counts.admitted(filter) } else { 0 }
}

fn admitted_seats(view: View<'_>, filter: SeatFilter, strip: usize) -> Vec<u32> {
    view.event_seats.seats(strip).filter(|seat| filter.admits(view.free.flags(*seat))).collect()
}
