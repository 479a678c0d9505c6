//! Best available: picks the seats of a group.
//!
//! [`Together`] limits how far apart the seats may be. A group that accepts one row, or nearby rows, still gets
//! adjacent seats as long as there are enough. Among groups of one kind, [`super::groups`] defines the better one.
//!
//! Accessible and companion seats are reserved for groups that ask for accessible seats. Other groups get them only
//! when they cannot get ordinary seats in any way that they accept. A group that asks for accessible seats gets
//! accessible and companion seats, at least one of them accessible.
//!
//! A group is always in one pool.

use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::event_seats::EventSeats;
use super::free_seats::{FreeSeats, SeatFilter};
use super::group_request::{GroupRequest, LargestAvailable, Together};
use super::groups::{self, LargestGroup, LargestSize, Rank, View, nearby, neighbours, row};
use super::layout::SeatIndex;
use super::lazy_tournament::{Changes, LazyTournament};

/// Free seats of one event, and a picker for the best of them. At first all seats are free.
///
/// Scores of strips are kept until a seat of the strip, or close to it, changes.
#[derive(Debug)]
pub struct SeatPicker {
    pub(super) event_seats: Arc<EventSeats>,
    pub(super) free: FreeSeats,
    /// Groups of adjacent seats, by filter and size.
    neighbours: BTreeMap<(SeatFilter, u32), LazyTournament<Rank>>,
    /// Groups in a row, by filter and size.
    rows: BTreeMap<(SeatFilter, u32), LazyTournament<Rank>>,
    largest: BTreeMap<(Together, SeatFilter), LazyTournament<LargestGroup>>,
    changes: Changes,
}

impl SeatPicker {
    /// A picker with all seats free.
    pub fn new(event_seats: Arc<EventSeats>) -> Self {
        Self {
            free: event_seats.all_free().clone(),
            event_seats,
            neighbours: BTreeMap::new(),
            rows: BTreeMap::new(),
            largest: BTreeMap::new(),
            changes: Changes::default(),
        }
    }

    /// The seats of the event.
    pub fn event_seats(&self) -> &Arc<EventSeats> {
        &self.event_seats
    }

    /// Whether a seat is free; `false` also if there is no such seat.
    pub fn is_free(&self, seat: SeatIndex) -> bool {
        self.free.is_free(seat.0)
    }

    /// Marks a seat as taken. Returns whether it was free; `false` also if there is no such seat.
    #[must_use = "a seat that was not free must not be given to another hold"]
    pub fn take(&mut self, seat: SeatIndex) -> bool {
        let changed = self.free.take(seat.0, |seat| self.event_seats.strip_of(seat));
        if changed {
            self.record_change(seat);
        }
        changed
    }

    /// Marks a seat as free. Returns whether it was taken; `false` also if there is no such seat.
    #[must_use = "a seat that was not taken should not be freed"]
    pub fn free(&mut self, seat: SeatIndex) -> bool {
        let changed = self.free.free(seat.0, |seat| self.event_seats.strip_of(seat));
        if changed {
            self.record_change(seat);
        }
        changed
    }

    /// Picks the best seats for a group, sorted by index. Does not take them.
    ///
    /// # Errors
    /// [`LargestAvailable`] if there are not enough seats.
    pub fn pick(&mut self, request: &GroupRequest) -> Result<Vec<SeatIndex>, LargestAvailable> {
        let size = request.size.get();
        let strips = self.event_seats.strip_ranges(request.section, request.pool);
        let filters: &[SeatFilter] =
            if request.accessible { &[SeatFilter::Accessible] } else { &[SeatFilter::Ordinary, SeatFilter::Any] };
        let mut largest = 0;
        for filter in filters {
            for together in request.together.attempts() {
                let group = match together {
                    Together::Strict => self.pick_neighbours(*filter, size, &strips),
                    Together::Row => self.pick_from_row(*filter, size, &strips),
                    Together::Nearby => self.pick_nearby(*filter, size, &strips),
                };
                match group {
                    Ok(group) => return Ok(group.into_iter().map(SeatIndex).collect()),
                    Err(LargestAvailable(available)) => largest = largest.max(available),
                }
            }
        }
        Err(LargestAvailable(largest))
    }

    fn pick_neighbours(
        &mut self,
        filter: SeatFilter,
        size: u32,
        strips: &[Range<usize>],
    ) -> Result<Vec<u32>, LargestAvailable> {
        let largest = self.largest_size(Together::Strict, filter, strips);
        // A group that is too large is not searched for, which makes requests to a sold-out event cheap.
        let best = if largest < size { None } else { self.best_neighbours(filter, size, strips) };
        best.map(|best| (best.anchor()..best.anchor() + size).collect()).ok_or(LargestAvailable(largest))
    }

    fn pick_from_row(
        &mut self,
        filter: SeatFilter,
        size: u32,
        strips: &[Range<usize>],
    ) -> Result<Vec<u32>, LargestAvailable> {
        let largest = self.largest_size(Together::Row, filter, strips);
        let best = if largest < size { None } else { self.best_of_row(filter, size, strips) };
        best.map(|best| row::group_from(self.view(), filter, size, best.anchor())).ok_or(LargestAvailable(largest))
    }

    fn pick_nearby(
        &mut self,
        filter: SeatFilter,
        size: u32,
        strips: &[Range<usize>],
    ) -> Result<Vec<u32>, LargestAvailable> {
        let longest_runs = self.largest_groups(Together::Strict, filter, nearby::NEARBY_STARTS, strips);
        let starts = longest_runs.iter().map(|run| self.event_seats.strip_of(run.first_seat));
        if let Some(group) = nearby::best(self.view(), filter, size, starts) {
            return Ok(group);
        }
        let largest = self.largest_groups(Together::Nearby, filter, 1, strips).pop().ok_or(LargestAvailable(0))?;
        let start = self.event_seats.strip_of(largest.first_seat);
        nearby::best(self.view(), filter, size, iter::once(start)).ok_or(LargestAvailable(largest.size.0))
    }

    pub(super) fn best_neighbours(&mut self, filter: SeatFilter, size: u32, strips: &[Range<usize>]) -> Option<Rank> {
        let Self { event_seats, free, neighbours, changes, .. } = self;
        let view = View { event_seats, free };
        let bound = |strip| groups::bound(view, filter, size, 0, strip);
        let tournament = LazyTournament::get_or_insert(neighbours, (filter, size));
        let tournament = tournament.update(event_seats, changes, 0, bound);
        tournament.best(strips, |strip| neighbours::best(view, filter, size, strip))
    }

    fn best_of_row(&mut self, filter: SeatFilter, size: u32, strips: &[Range<usize>]) -> Option<Rank> {
        let Self { event_seats, free, rows, changes, .. } = self;
        let view = View { event_seats, free };
        let bound = |strip| groups::bound(view, filter, size, size - 1, strip);
        let tournament = LazyTournament::get_or_insert(rows, (filter, size));
        let tournament = tournament.update(event_seats, changes, 0, bound);
        tournament.best(strips, |strip| row::best(view, filter, size, strip))
    }

    /// Size of the largest group; 0 if there is none.
    fn largest_size(&mut self, together: Together, filter: SeatFilter, strips: &[Range<usize>]) -> u32 {
        self.largest_groups(together, filter, 1, strips).first().map_or(0, |group| group.size.0)
    }

    /// The `count` strips with the largest groups, or for [`Together::Nearby`] those that the largest groups grow from.
    fn largest_groups(
        &mut self,
        together: Together,
        filter: SeatFilter,
        count: usize,
        strips: &[Range<usize>],
    ) -> Vec<LargestGroup> {
        let Self { event_seats, free, largest, changes, .. } = self;
        let view = View { event_seats, free };
        // The number of free seats of a strip is a bound for the length of its free runs.
        let (reach, bound, exact): (usize, LargestSize, LargestSize) = match together {
            Together::Strict => (0, row::largest_size, neighbours::largest_size),
            Together::Row => (0, row::largest_size, row::largest_size),
            Together::Nearby => (nearby::NEARBY_ROWS, nearby::largest_size, nearby::largest_size),
        };
        let score = |size: LargestSize, strip| LargestGroup::new(size(view, filter, strip), event_seats, strip);
        let tournament = LazyTournament::get_or_insert(largest, (together, filter));
        let tournament = tournament.update(event_seats, changes, reach, |strip| score(bound, strip));
        tournament.best_n(count, strips, |strip| score(exact, strip))
    }

    fn view(&self) -> View<'_> {
        View { event_seats: &self.event_seats, free: &self.free }
    }

    /// Records the strips whose scores a changed seat can affect: its own, and those of the seats up to two places to
    /// its left and right. They can belong to another pool, and the changed seat decides whether a group there leaves
    /// an orphan.
    fn record_change(&mut self, seat: SeatIndex) {
        if self.largest.is_empty() && self.neighbours.is_empty() {
            return; // No tournament exists yet, for example while the taken seats are loaded.
        }
        let own_strip = self.event_seats.strip_of(seat.0);
        self.changes.record(own_strip);
        let (left, right) = (self.free.left_of(seat.0), self.free.right_of(seat.0));
        let second_left = left.and_then(|left| self.free.left_of(left));
        let second_right = right.and_then(|right| self.free.right_of(right));
        for near in [left, right, second_left, second_right].into_iter().flatten() {
            let strip = self.event_seats.strip_of(near);
            if strip != own_strip {
                self.changes.record(strip);
            }
        }
    }
}
