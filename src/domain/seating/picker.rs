//! Best available: which seats a group gets.
//!
//! `together` is how far a group may be pulled apart, and it never is when that can be avoided: whoever accepts the same row,
//! or nearby rows, gets neighbours as long as there are any. Among groups of one kind the better is chosen as [`super::groups`]
//! ranks them.
//!
//! Accessible and companion seats are for those who ask for accessible seats. All others get them only when nothing else is left
//! of what they would accept. Who asks for accessible seats gets accessible and companion seats, at least one of them
//! accessible.
//!
//! A group is always in one pool.

use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::contest::{Changes, Contest};
use super::event_seats::EventSeats;
use super::free_seats::{FreeSeats, Seats};
use super::groups::{self, Most, Rank, View, nearby, neighbours, row};
use super::layout::SeatIndex;
use super::wanted::{MostPossible, Together, Wanted};

/// The seats of one event as they are taken and freed, and the best of them. Starts with an empty event_seats.
///
/// What was found out about a strip is remembered until a seat of it, or beside it, changes.
#[derive(Debug)]
pub struct SeatPicker {
    pub(super) event_seats: Arc<EventSeats>,
    pub(super) free: FreeSeats,
    neighbours: BTreeMap<(Seats, u32), Contest<Rank>>,
    rows: BTreeMap<(Seats, u32), Contest<Rank>>,
    most: BTreeMap<(Together, Seats), Contest<Most>>,
    changes: Changes,
}

impl SeatPicker {
    pub fn new(event_seats: Arc<EventSeats>) -> Self {
        Self {
            free: event_seats.empty().clone(),
            event_seats,
            neighbours: BTreeMap::new(),
            rows: BTreeMap::new(),
            most: BTreeMap::new(),
            changes: Changes::default(),
        }
    }

    pub fn event_seats(&self) -> &Arc<EventSeats> {
        &self.event_seats
    }

    pub fn is_free(&self, seat: SeatIndex) -> bool {
        self.free.is_free(seat.0)
    }

    /// Whether the seat was free until now. False also if there is no such seat.
    #[must_use = "a seat that is not free cannot be given to anybody"]
    pub fn take(&mut self, seat: SeatIndex) -> bool {
        let changed = self.free.take(seat.0, |seat| self.event_seats.strip_of(seat));
        if changed {
            self.note(seat);
        }
        changed
    }

    /// Whether the seat was taken until now. False also if there is no such seat.
    #[must_use = "a seat that was free all the time was given to nobody"]
    pub fn free(&mut self, seat: SeatIndex) -> bool {
        let changed = self.free.free(seat.0, |seat| self.event_seats.strip_of(seat));
        if changed {
            self.note(seat);
        }
        changed
    }

    /// The seats that such a group should have, in the order of their indexes. They stay free until they are taken.
    pub fn pick(&mut self, wanted: &Wanted) -> Result<Vec<SeatIndex>, MostPossible> {
        let (size, among) = (wanted.size.get(), self.event_seats.among(wanted.section, wanted.pool));
        let choices: &[Seats] = if wanted.accessible { &[Seats::Accessible] } else { &[Seats::Ordinary, Seats::Any] };
        let mut most = 0;
        for seats in choices {
            for together in wanted.together.attempts() {
                let group = match together {
                    Together::Strict => self.neighbours(*seats, size, &among),
                    Together::Row => self.in_a_row(*seats, size, &among),
                    Together::Nearby => self.nearby(*seats, size, &among),
                };
                match group {
                    Ok(group) => return Ok(group.into_iter().map(SeatIndex).collect()),
                    Err(MostPossible(possible)) => most = most.max(possible),
                }
            }
        }
        Err(MostPossible(most))
    }

    fn neighbours(&mut self, seats: Seats, size: u32, among: &[Range<usize>]) -> Result<Vec<u32>, MostPossible> {
        let most = self.most(Together::Strict, seats, among);
        // What is not possible is not looked for, so that being sold out costs next to nothing.
        let best = if most < size { None } else { self.best_neighbours(seats, size, among) };
        best.map(|best| (best.anchor()..best.anchor() + size).collect()).ok_or(MostPossible(most))
    }

    fn in_a_row(&mut self, seats: Seats, size: u32, among: &[Range<usize>]) -> Result<Vec<u32>, MostPossible> {
        let most = self.most(Together::Row, seats, among);
        let best = if most < size { None } else { self.best_in_a_row(seats, size, among) };
        best.map(|best| row::from(self.view(), seats, size, best.anchor())).ok_or(MostPossible(most))
    }

    fn nearby(&mut self, seats: Seats, size: u32, among: &[Range<usize>]) -> Result<Vec<u32>, MostPossible> {
        let starts = self.largest(Together::Strict, seats, nearby::NEARBY_STARTS, among);
        let strips = starts.iter().map(|start| self.event_seats.strip_of(start.strip));
        if let Some(group) = nearby::best(self.view(), seats, size, strips) {
            return Ok(group);
        }
        let start = self.largest(Together::Nearby, seats, 1, among).pop().ok_or(MostPossible(0))?;
        let strip = self.event_seats.strip_of(start.strip);
        nearby::best(self.view(), seats, size, iter::once(strip)).ok_or(MostPossible(start.size.0))
    }

    pub(super) fn best_neighbours(&mut self, seats: Seats, size: u32, among: &[Range<usize>]) -> Option<Rank> {
        let Self { event_seats, free, neighbours, changes, .. } = self;
        let view = View { event_seats, free };
        let bound = |strip| groups::bound(view, seats, size, 0, strip);
        let tournament = Contest::of(neighbours, (seats, size)).caught_up((event_seats, changes), 0, bound);
        tournament.best(among, |strip| neighbours::best(view, seats, size, strip))
    }

    fn best_in_a_row(&mut self, seats: Seats, size: u32, among: &[Range<usize>]) -> Option<Rank> {
        let Self { event_seats, free, rows, changes, .. } = self;
        let view = View { event_seats, free };
        let bound = |strip| groups::bound(view, seats, size, size - 1, strip);
        let tournament = Contest::of(rows, (seats, size)).caught_up((event_seats, changes), 0, bound);
        tournament.best(among, |strip| row::best(view, seats, size, strip))
    }

    /// The size of the largest group.
    fn most(&mut self, together: Together, seats: Seats, among: &[Range<usize>]) -> u32 {
        self.largest(together, seats, 1, among).first().map_or(0, |most| most.size.0)
    }

    /// The strips with the largest groups, or from which the largest grow.
    fn largest(&mut self, together: Together, seats: Seats, count: usize, among: &[Range<usize>]) -> Vec<Most> {
        let Self { event_seats, free, most, changes, .. } = self;
        let view = View { event_seats, free };
        // No run is longer than the seats of its row that are free.
        let (reach, bound, exact): (usize, groups::MostOf, groups::MostOf) = match together {
            Together::Strict => (0, row::most, neighbours::most),
            Together::Row => (0, row::most, row::most),
            Together::Nearby => (nearby::NEARBY_ROWS, nearby::most, nearby::most),
        };
        let of = |most: groups::MostOf, strip| Most::of(most(view, seats, strip), event_seats, strip);
        let tournament = Contest::of(most, (together, seats));
        let tournament = tournament.caught_up((event_seats, changes), reach, |strip| of(bound, strip));
        tournament.first(count, among, |strip| of(exact, strip))
    }

    fn view(&self) -> View<'_> {
        View { event_seats: &self.event_seats, free: &self.free }
    }

    /// A seat concerns the groups of its own strip, and those that end up to two seats from it: it makes an orphan of what lies
    /// between, or saves it.
    fn note(&mut self, seat: SeatIndex) {
        if self.most.is_empty() && self.neighbours.is_empty() {
            return; // Nobody has asked yet, as when the seats that are taken are read.
        }
        let here = self.event_seats.strip_of(seat.0);
        self.changes.note(here);
        let (left, right) = (self.free.left_of(seat.0), self.free.right_of(seat.0));
        let (farther_left, farther_right) =
            (left.and_then(|left| self.free.left_of(left)), right.and_then(|right| self.free.right_of(right)));
        for near in [left, right, farther_left, farther_right].into_iter().flatten() {
            let strip = self.event_seats.strip_of(near);
            if strip != here {
                self.changes.note(strip);
            }
        }
    }
}
