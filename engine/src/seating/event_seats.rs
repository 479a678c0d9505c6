//! The seats of one event: the layout, the pool of each seat, and the division into strips.
//!
//! A strip is the part of a row that belongs to one pool. A group is always in one pool, because a ticket type belongs
//! to one; so a group in a row is a group in a strip, and the picker keeps its results per strip. Strips are ordered by
//! pool, section and row, so the strips of a pool, of a section or of both are a few ranges.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::attributes::Attribute;
use super::free_seats::FreeSeats;
use super::layout::{Layout, SeatIndex, SectionIndex};

/// Number of a pool within its event. A ticket type belongs to one pool, so the pool decides which seats it can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolNumber(pub u16);

/// The seats of one event, free or taken. Immutable; valid as long as the layout and the pools stay the same.
#[derive(Debug)]
pub struct EventSeats {
    layout: Arc<Layout>,
    /// Index of the strip, by seat.
    strip_of: Vec<u32>,
    strips: Vec<Strip>,
    /// Runs of all strips: adjacent seats of one pool.
    runs: Vec<Range<u32>>,
    /// In the order of the strips, without gaps.
    parts: Vec<Part>,
    all_free: FreeSeats,
}

/// The part of a row that belongs to one pool.
#[derive(Debug)]
pub(super) struct Strip {
    row: usize,
    section: SectionIndex,
    pool: PoolNumber,
    /// Indexes in [`EventSeats::runs`], from left to right.
    runs: Range<usize>,
    /// The first seat.
    pub first: u32,
    /// Distance of the nearest seat to the focal point, in centimetres.
    pub nearest: u32,
}

/// Adjacent seats of one pool.
struct Run {
    pool: PoolNumber,
    seats: Range<u32>,
}

/// Strips of one pool in one section.
#[derive(Debug)]
struct Part {
    pool: PoolNumber,
    section: SectionIndex,
    strips: Range<usize>,
}

impl EventSeats {
    /// The seats of an event. `pool_of` returns the pool of a seat.
    pub fn new(layout: Arc<Layout>, pool_of: impl Fn(SeatIndex) -> PoolNumber) -> Self {
        let seats = layout.seats().len();
        let pools: Vec<PoolNumber> = (0..seats).map(|seat| pool_of(SeatIndex::from_usize(seat))).collect();
        let mut event_seats = Self {
            strip_of: vec![0; seats],
            strips: Vec::new(),
            runs: Vec::new(),
            parts: Vec::new(),
            all_free: FreeSeats::default(),
            layout,
        };
        for row in 0..event_seats.layout.rows().len() {
            event_seats.add_strips_of_row(row, &pools);
        }
        event_seats.strips.sort_by_key(|strip| (strip.pool, strip.section, strip.row));
        for strip in 0..event_seats.strips.len() {
            event_seats.index_strip(strip);
        }
        let strips = event_seats.strips.len();
        event_seats.all_free = FreeSeats::all_free(&event_seats.layout, strips, |seat| event_seats.strip_of(seat));
        event_seats
    }

    /// The layout.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    pub(super) fn section_of(&self, seat: SeatIndex) -> SectionIndex {
        self.strips[self.strip_of(seat.0)].section
    }

    /// The pool of a seat.
    ///
    /// # Panics
    /// If the layout has no such seat.
    pub fn pool_of(&self, seat: SeatIndex) -> PoolNumber {
        self.strips[self.strip_of(seat.0)].pool
    }

    /// All seats, free.
    pub(super) fn all_free(&self) -> &FreeSeats {
        &self.all_free
    }

    pub(super) fn strips(&self) -> &[Strip] {
        &self.strips
    }

    pub(super) fn strip_of(&self, seat: u32) -> usize {
        self.strip_of[seat as usize] as usize
    }

    /// Runs of a strip, from left to right.
    pub(super) fn runs(&self, strip: usize) -> &[Range<u32>] {
        &self.runs[self.strips[strip].runs.clone()]
    }

    /// Seats of a strip, from left to right.
    pub(super) fn seats(&self, strip: usize) -> impl Iterator<Item = u32> {
        self.runs(strip).iter().cloned().flatten()
    }

    /// The strips of a section, of a pool, of both, or all, as ranges.
    pub(super) fn strip_ranges(&self, section: Option<SectionIndex>, pool: Option<PoolNumber>) -> Vec<Range<usize>> {
        let parts = match pool {
            Some(pool) => self.parts_of_pool(pool),
            None => &self.parts,
        };
        if let Some(section) = section {
            let parts_of_section = parts.iter().filter(|part| part.section == section);
            return parts_of_section.map(|part| part.strips.clone()).collect();
        }
        // All sections of the pool, or of the layout: their parts follow each other.
        match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => iter::once(first.strips.start..last.strips.end).collect(),
            _ => Vec::new(),
        }
    }

    /// Parts are sorted by pool, so those of one pool follow each other.
    fn parts_of_pool(&self, pool: PoolNumber) -> &[Part] {
        let from = self.parts.partition_point(|part| part.pool < pool);
        let to = self.parts.partition_point(|part| part.pool <= pool);
        &self.parts[from..to]
    }

    /// The strips of the same pool and section that are at most `rows` rows in front of or behind a strip, and itself.
    pub(super) fn nearby_strips(&self, strip: usize, rows: usize) -> Range<usize> {
        if rows == 0 {
            return strip..strip + 1;
        }
        let centre = &self.strips[strip];
        let is_near = |other: &&Strip| {
            (other.pool, other.section) == (centre.pool, centre.section) && other.row.abs_diff(centre.row) <= rows
        };
        let before = self.strips[..strip].iter().rev().take_while(is_near).count();
        let from_here = self.strips[strip..].iter().take_while(is_near).count();
        strip - before..strip + from_here
    }

    /// Adds the strips and runs of a row.
    ///
    /// For example, a row of seats 1 to 6 with an aisle after 4, whose seats 1 and 2 are in pool 0 and the others in
    /// pool 1, has two strips: pool 0 with the run 1-2, and pool 1 with the runs 3-4 and 5-6.
    fn add_strips_of_row(&mut self, row: usize, pools: &[PoolNumber]) {
        let mut runs = self.runs_of_row(row, pools);
        runs.sort_by_key(|run| (run.pool, run.seats.start));
        for runs_of_pool in runs.chunk_by(|run, next| run.pool == next.pool) {
            let first_run = self.runs.len();
            let mut nearest = u32::MAX;
            for run in runs_of_pool {
                for seat in run.seats.clone() {
                    nearest = nearest.min(self.layout.distances()[seat as usize]);
                }
                self.runs.push(run.seats.clone());
            }
            self.strips.push(Strip {
                row,
                section: self.layout.rows()[row].section,
                pool: runs_of_pool[0].pool,
                runs: first_run..self.runs.len(),
                first: runs_of_pool[0].seats.start,
                nearest,
            });
        }
    }

    /// Runs of a row, from left to right.
    fn runs_of_row(&self, row: usize, pools: &[PoolNumber]) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut is_joined = false; // No seat is on the left of the first one.
        for index in self.layout.rows()[row].seats.clone() {
            let seat = SeatIndex::from_usize(index).0;
            let pool = pools[index];
            match runs.last_mut() {
                Some(run) if is_joined && run.pool == pool => run.seats.end = seat + 1,
                _ => runs.push(Run { pool, seats: seat..seat + 1 }),
            }
            is_joined = !self.layout.seats()[index].attributes.has(Attribute::AisleAfter);
        }
        runs
    }

    /// Enters a sorted strip into `strip_of` and `parts`.
    fn index_strip(&mut self, strip: usize) {
        let number = u32::try_from(strip).expect("there are no more strips than seats");
        let Strip { pool, section, runs, .. } = &self.strips[strip];
        for run in &self.runs[runs.clone()] {
            self.strip_of[run.start as usize..run.end as usize].fill(number);
        }
        match self.parts.last_mut() {
            Some(part) if (part.pool, part.section) == (*pool, *section) => part.strips.end = strip + 1,
            _ => self.parts.push(Part { pool: *pool, section: *section, strips: strip..strip + 1 }),
        }
    }
}
