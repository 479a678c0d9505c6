//! Groups of adjacent seats: in one row, without an aisle or another seat between them.

use super::super::tournament::Score;
use super::{Criteria, Rank, SeatFilter, View, Window};

/// Rank of the best group in a strip. A window of `size` seats slides along each run: a seat enters on the right, one
/// leaves on the left, and a seat that is not admitted empties the window.
pub fn best(view: View<'_>, filter: SeatFilter, size: u32, strip: usize) -> Rank {
    let mut best = Rank::NO_GROUP;
    for run in view.event_seats.runs(strip) {
        let flags = view.free.flags_of_range(run);
        let distances = &view.event_seats.layout().distances()[run.start as usize..run.end as usize];
        let mut window = Window::default();
        for (index, (seat_flags, distance)) in flags.iter().zip(distances).enumerate() {
            if !filter.admits(*seat_flags) {
                window = Window::default();
                continue;
            }
            window.enter(*seat_flags, *distance);
            if window.size > size {
                let left = index - size as usize;
                window.leave(flags[left], distances[left]);
            }
            if window.size == size && window.satisfies(filter) {
                let last = run.start + u32::try_from(index).expect("a row has at most SEATS_PER_ROW_MAX seats");
                let first = last + 1 - size;
                let criteria = window.criteria_without_orphans(filter, 0, first);
                if Rank::from(criteria) < best {
                    let orphans = view.free.new_orphans_beside(first, last);
                    best = best.min(Rank::from(Criteria { orphans, ..criteria }));
                }
            }
        }
    }
    best
}

/// Size of the largest group in a strip.
pub fn largest_size(view: View<'_>, filter: SeatFilter, strip: usize) -> u32 {
    let mut largest = 0;
    for run in view.event_seats.runs(strip) {
        let mut window = Window::default();
        for flags in view.free.flags_of_range(run) {
            if !filter.admits(*flags) {
                window = Window::default();
                continue;
            }
            window.enter(*flags, 0);
            if window.satisfies(filter) {
                largest = largest.max(window.size);
            }
        }
    }
    largest
}
