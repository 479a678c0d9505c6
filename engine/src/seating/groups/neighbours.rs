//! Groups of adjacent seats: in one row, without an aisle or another seat between them.

use super::super::tournament::Score;
use super::{Rank, SeatFilter, View, Window};

/// Rank of the best group in a strip.
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
                let rank = window.rank(filter, 0, first);
                if rank < best {
                    best = best.min(rank.with_orphans(view.free.new_orphans_beside(first, last)));
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
            if filter.admits(*flags) {
                window.enter(*flags, 0);
                largest = if window.satisfies(filter) { largest.max(window.size) } else { largest };
            } else {
                window = Window::default();
            }
        }
    }
    largest
}
