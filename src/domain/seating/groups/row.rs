//! Groups in one row that need not be neighbours: seats that follow each other in the list of those that are free.

use super::super::tournament::Score;
use super::{Rank, Seats, View, Window};

pub fn best(view: View<'_>, seats: Seats, size: u32, strip: usize) -> Rank {
    let free = free(view, seats, strip);
    let mut best = Rank::NOTHING;
    let mut window = Window::default();
    for (at, seat) in free.iter().enumerate() {
        window.enter(view.free.state(*seat), view.distance(*seat));
        let Some(from) = (at + 1).checked_sub(size as usize) else { continue };
        let group = &free[from..=at];
        let rank = window.rank(seats, seat - group[0], group[0]);
        if rank < best && window.serves(seats) {
            best = best.min(rank.with_orphans(super::count(view.free.new_orphans(group))));
        }
        window.leave(view.free.state(group[0]), view.distance(group[0]));
    }
    best
}

/// The group that begins with a seat.
pub fn from(view: View<'_>, seats: Seats, size: u32, first: u32) -> Vec<u32> {
    let free = free(view, seats, view.event_seats.strip_of(first)).into_iter();
    free.skip_while(|seat| *seat < first).take(size as usize).collect()
}

pub fn most(view: View<'_>, seats: Seats, strip: usize) -> u32 {
    let tally = view.free.tally(strip);
    if tally.beginnings(seats) == 0 { 0 } else { tally.admitted(seats) }
}

fn free(view: View<'_>, seats: Seats, strip: usize) -> Vec<u32> {
    view.event_seats.seats(strip).filter(|seat| seats.admit(view.free.state(*seat))).collect()
}
