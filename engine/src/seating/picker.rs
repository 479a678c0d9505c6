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

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::event_seats::EventSeats;
use super::free_seats::{FreeSeats, SeatFilter};
use super::group_request::{GroupRequest, LargestAvailable, Together};
use super::groups::{self, LargestGroup, LargestGroupSearch, Rank, View, nearby, neighbours, row};
use super::layout::SeatIndex;
use super::lazy_tournament::{Changes, LazyTournaments};

/// Free seats of one event, and a picker for the best of them. At first all seats are free.
///
/// Scores of strips are kept until a seat of the strip, or close to it, changes.
#[derive(Debug)]
pub struct SeatPicker {
    pub(super) event_seats: Arc<EventSeats>,
    pub(super) free: FreeSeats,
    /// The best group of adjacent seats of each strip, by filter and size.
    neighbours: LazyTournaments<(SeatFilter, u32), Rank>,
    /// The best group in one row of each strip, by filter and size.
    rows: LazyTournaments<(SeatFilter, u32), Rank>,
    /// The largest group of each strip. It shows that a group is too large without a search.
    largest: LazyTournaments<(Together, SeatFilter), LargestGroup>,
    changes: Changes,
}

impl SeatPicker {
    /// A picker with all seats free.
    pub fn new(event_seats: Arc<EventSeats>) -> Self {
        Self {
            free: event_seats.all_free().clone(),
            event_seats,
            neighbours: LazyTournaments::new(),
            rows: LazyTournaments::new(),
            largest: LazyTournaments::new(),
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
        if largest < size {
            return Err(LargestAvailable(largest));
        }
        let best = self.best_neighbours(filter, size, strips).ok_or(LargestAvailable(largest))?;
        let first = best.anchor();
        Ok((first..first + size).collect())
    }

    fn pick_from_row(
        &mut self,
        filter: SeatFilter,
        size: u32,
        strips: &[Range<usize>],
    ) -> Result<Vec<u32>, LargestAvailable> {
        let largest = self.largest_size(Together::Row, filter, strips);
        if largest < size {
            return Err(LargestAvailable(largest));
        }
        let best = self.best_of_row(filter, size, strips).ok_or(LargestAvailable(largest))?;
        Ok(row::group_from(self.view(), filter, size, best.anchor()))
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
        // The longest runs have too few seats within reach. The strip with most seats within reach decides.
        let largest = self.largest_groups(Together::Nearby, filter, 1, strips).pop().ok_or(LargestAvailable(0))?;
        let start = self.event_seats.strip_of(largest.first_seat);
        nearby::best(self.view(), filter, size, iter::once(start)).ok_or(LargestAvailable(largest.size.0))
    }

    pub(super) fn best_neighbours(&mut self, filter: SeatFilter, size: u32, strips: &[Range<usize>]) -> Option<Rank> {
        let Self { event_seats, free, neighbours, changes, .. } = self;
        let view = View { event_seats, free };
        let bound = |strip| groups::bound(view, filter, size, 0, strip);
        let tournament = neighbours.get_or_insert((filter, size)).update(event_seats, changes, 0, bound);
        tournament.best(strips, |strip| neighbours::best(view, filter, size, strip))
    }

    fn best_of_row(&mut self, filter: SeatFilter, size: u32, strips: &[Range<usize>]) -> Option<Rank> {
        let Self { event_seats, free, rows, changes, .. } = self;
        let view = View { event_seats, free };
        // From the first to the last seat, a group of `size` seats has at least `size - 1` steps.
        let bound = |strip| groups::bound(view, filter, size, size - 1, strip);
        let tournament = rows.get_or_insert((filter, size)).update(event_seats, changes, 0, bound);
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
        let search = LargestGroupSearch::new(together);
        let bound = |strip| LargestGroup::new((search.size_bound)(view, filter, strip), event_seats, strip);
        let exact = |strip| LargestGroup::new((search.exact_size)(view, filter, strip), event_seats, strip);
        let tournament = largest.get_or_insert((together, filter)).update(event_seats, changes, search.reach, bound);
        tournament.best_n(count, strips, exact)
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
