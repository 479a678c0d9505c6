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
    /// Strips of one pool in one section, in the order of the strips.
    parts: Vec<Part>,
    all_free: FreeSeats,
}

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

#[derive(Debug)]
struct Part {
    pool: PoolNumber,
    section: SectionIndex,
    strips: Range<usize>,
}

impl EventSeats {
    /// The seats of an event. `pool_of` returns the pool of a seat.
    pub fn new(layout: Arc<Layout>, pool_of: impl Fn(SeatIndex) -> PoolNumber) -> Self {
        let pools: Vec<PoolNumber> =
            (0..layout.seats().len()).map(|seat| pool_of(SeatIndex::from_usize(seat))).collect();
        let mut event_seats = Self {
            strip_of: vec![0; pools.len()],
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
        event_seats.all_free =
            FreeSeats::all_free(&event_seats.layout, event_seats.strips.len(), |seat| event_seats.strip_of(seat));
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
        let parts_of_pool = pool.map_or(&self.parts[..], |pool| {
            let from = self.parts.partition_point(|part| part.pool < pool);
            let to = self.parts.partition_point(|part| part.pool <= pool);
            &self.parts[from..to]
        });
        if let Some(section) = section {
            let parts = parts_of_pool.iter().filter(|part| part.section == section);
            return parts.map(|part| part.strips.clone()).collect();
        }
        match (parts_of_pool.first(), parts_of_pool.last()) {
            (Some(first), Some(last)) => iter::once(first.strips.start..last.strips.end).collect(),
            _ => Vec::new(),
        }
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
    fn add_strips_of_row(&mut self, row: usize, pools: &[PoolNumber]) {
        let seats = self.layout.rows()[row].seats.clone();
        let mut runs: Vec<(PoolNumber, Range<u32>)> = Vec::new();
        for seat in seats.clone() {
            let index = SeatIndex::from_usize(seat).0;
            let joined = seat > seats.start && !self.layout.seats()[seat - 1].attributes.has(Attribute::AisleAfter);
            match runs.last_mut() {
                Some((pool, run)) if joined && *pool == pools[seat] => run.end = index + 1,
                _ => runs.push((pools[seat], index..index + 1)),
            }
        }
        runs.sort_by_key(|(pool, run)| (*pool, run.start));
        for runs_of_pool in runs.chunk_by(|(pool, _), (next_pool, _)| pool == next_pool) {
            let from = self.runs.len();
            self.runs.extend(runs_of_pool.iter().map(|(_, run)| run.clone()));
            let distances = self.layout.distances();
            let nearest = self.runs[from..].iter().cloned().flatten().map(|seat| distances[seat as usize]).min();
            self.strips.push(Strip {
                row,
                section: self.layout.rows()[row].section,
                pool: runs_of_pool[0].0,
                runs: from..self.runs.len(),
                first: runs_of_pool[0].1.start,
                nearest: nearest.unwrap_or_default(),
            });
        }
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
