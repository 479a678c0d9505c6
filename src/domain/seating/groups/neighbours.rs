//! Groups of neighbours: in one row, without an aisle or anybody else between them.

use super::super::tournament::Score;
use super::{Rank, Seats, View, Window};

pub fn best(view: View<'_>, seats: Seats, size: u32, strip: usize) -> Rank {
    let mut best = Rank::NOTHING;
    for block in view.event_seats.blocks(strip) {
        let states = view.free.states(block);
        let distances = &view.event_seats.layout().distances()[block.start as usize..block.end as usize];
        let mut window = Window::default();
        for (at, (state, distance)) in states.iter().zip(distances).enumerate() {
            if !seats.admit(*state) {
                window = Window::default();
                continue;
            }
            window.enter(*state, *distance);
            if window.size > size {
                let gone = at - size as usize;
                window.leave(states[gone], distances[gone]);
            }
            if window.size == size && window.serves(seats) {
                let last = block.start + u32::try_from(at).expect("a row has at most SEATS_PER_ROW_MAX seats");
                let rank = window.rank(seats, 0, last + 1 - size);
                if rank < best {
                    best = best.min(rank.with_orphans(view.free.new_orphans_beside(last + 1 - size, last)));
                }
            }
        }
    }
    best
}

/// The longest run that serves.
pub fn most(view: View<'_>, seats: Seats, strip: usize) -> u32 {
    let mut most = 0;
    for block in view.event_seats.blocks(strip) {
        let mut run = Window::default();
        for state in view.free.states(block) {
            if seats.admit(*state) {
                run.enter(*state, 0);
                most = if run.serves(seats) { most.max(run.size) } else { most };
            } else {
                run = Window::default();
            }
        }
    }
    most
}
