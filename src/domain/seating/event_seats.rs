//! A layout as one event sells it: which seat belongs to which pool, cut into strips.
//!
//! A strip is what one pool has of one row. A group never stands in two pools, because a ticket type is of one; so a group in
//! a row is a group in a strip, and all that the picker remembers it remembers per strip. Strips are ordered by pool, section
//! and row: whatever a wish is limited to is a few stretches of that order.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::attributes::Attribute;
use super::free_seats::FreeSeats;
use super::layout::{Layout, SeatIndex, SectionIndex};

/// The number of a pool within its event. A ticket type is of one pool, so it says which seats there are to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolNumber(pub u16);

/// See the module's documentation. Does not change while the layout and the pools do not.
#[derive(Debug)]
pub struct EventSeats {
    layout: Arc<Layout>,
    /// By seat.
    strip_of: Vec<u32>,
    strips: Vec<Strip>,
    /// Of all strips: neighbours without a seat of another pool between them.
    blocks: Vec<Range<u32>>,
    /// Strips of one pool in one section, in their order.
    parts: Vec<Part>,
    /// As long as nobody has come.
    empty: FreeSeats,
}

#[derive(Debug)]
pub(super) struct Strip {
    row: usize,
    section: SectionIndex,
    pool: PoolNumber,
    /// Indexes in [`EventSeats::blocks`]; from left to right.
    blocks: Range<usize>,
    /// Its first seat.
    pub first: u32,
    /// From its best seat to the focal point.
    pub nearest: u32,
}

#[derive(Debug)]
struct Part {
    pool: PoolNumber,
    section: SectionIndex,
    strips: Range<usize>,
}

impl EventSeats {
    /// `pool_of` says of each seat which pool it belongs to.
    pub fn new(layout: Arc<Layout>, pool_of: impl Fn(SeatIndex) -> PoolNumber) -> Self {
        let pools: Vec<PoolNumber> = (0..layout.seats().len()).map(|seat| pool_of(SeatIndex::of(seat))).collect();
        let mut event_seats = Self {
            strip_of: vec![0; pools.len()],
            strips: Vec::new(),
            blocks: Vec::new(),
            parts: Vec::new(),
            empty: FreeSeats::default(),
            layout,
        };
        for row in 0..event_seats.layout.rows().len() {
            event_seats.cut(row, &pools);
        }
        event_seats.strips.sort_by_key(|strip| (strip.pool, strip.section, strip.row));
        for at in 0..event_seats.strips.len() {
            event_seats.file(at);
        }
        event_seats.empty =
            FreeSeats::all(&event_seats.layout, event_seats.strips.len(), |seat| event_seats.strip_of(seat));
        event_seats
    }

    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    pub(super) fn section_of(&self, seat: SeatIndex) -> SectionIndex {
        self.strips[self.strip_of(seat.0)].section
    }

    pub fn pool_of(&self, seat: SeatIndex) -> PoolNumber {
        self.strips[self.strip_of(seat.0)].pool
    }

    pub(super) fn empty(&self) -> &FreeSeats {
        &self.empty
    }

    pub(super) fn strips(&self) -> &[Strip] {
        &self.strips
    }

    pub(super) fn strip_of(&self, seat: u32) -> usize {
        self.strip_of[seat as usize] as usize
    }

    pub(super) fn blocks(&self, strip: usize) -> &[Range<u32>] {
        &self.blocks[self.strips[strip].blocks.clone()]
    }

    pub(super) fn seats(&self, strip: usize) -> impl Iterator<Item = u32> {
        self.blocks(strip).iter().cloned().flatten()
    }

    /// The strips of a section, of a pool, of both, or all: as few stretches as there are.
    pub(super) fn among(&self, section: Option<SectionIndex>, pool: Option<PoolNumber>) -> Vec<Range<usize>> {
        let whole = |parts: &[Part]| match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => iter::once(first.strips.start..last.strips.end).collect(),
            _ => Vec::new(),
        };
        let of_pool = pool.map_or(&self.parts[..], |pool| {
            let from = self.parts.partition_point(|part| part.pool < pool);
            let to = self.parts.partition_point(|part| part.pool <= pool);
            &self.parts[from..to]
        });
        let Some(section) = section else { return whole(of_pool) };
        of_pool.iter().filter(|part| part.section == section).map(|part| part.strips.clone()).collect()
    }

    /// The strips of the same pool and section in at most so many rows before and behind.
    pub(super) fn around(&self, strip: usize, rows: usize) -> Range<usize> {
        if rows == 0 {
            return strip..strip + 1;
        }
        let here = &self.strips[strip];
        let near = |other: &&Strip| {
            (other.pool, other.section) == (here.pool, here.section) && other.row.abs_diff(here.row) <= rows
        };
        let before = self.strips[..strip].iter().rev().take_while(near).count();
        let behind = self.strips[strip..].iter().take_while(near).count();
        strip - before..strip + behind
    }

    /// Makes the strips of a row.
    fn cut(&mut self, row: usize, pools: &[PoolNumber]) {
        let seats = self.layout.rows()[row].seats.clone();
        let mut blocks: Vec<(PoolNumber, Range<u32>)> = Vec::new();
        for seat in seats.clone() {
            let next = SeatIndex::of(seat).0;
            let joined = seat > seats.start && !self.layout.seats()[seat - 1].attributes.has(Attribute::AisleAfter);
            match blocks.last_mut() {
                Some((pool, block)) if joined && *pool == pools[seat] => block.end = next + 1,
                _ => blocks.push((pools[seat], next..next + 1)),
            }
        }
        blocks.sort_by_key(|(pool, block)| (*pool, block.start));
        for of_pool in blocks.chunk_by(|(one, _), (other, _)| one == other) {
            let from = self.blocks.len();
            self.blocks.extend(of_pool.iter().map(|(_, block)| block.clone()));
            let distances = self.layout.distances();
            let nearest = self.blocks[from..].iter().cloned().flatten().map(|seat| distances[seat as usize]).min();
            self.strips.push(Strip {
                row,
                section: self.layout.rows()[row].section,
                pool: of_pool[0].0,
                blocks: from..self.blocks.len(),
                first: of_pool[0].1.start,
                nearest: nearest.unwrap_or_default(),
            });
        }
    }

    /// Notes where the strip at its final place is found.
    fn file(&mut self, at: usize) {
        let number = u32::try_from(at).expect("there are no more strips than seats");
        let Strip { pool, section, blocks, .. } = &self.strips[at];
        for block in &self.blocks[blocks.clone()] {
            self.strip_of[block.start as usize..block.end as usize].fill(number);
        }
        match self.parts.last_mut() {
            Some(part) if (part.pool, part.section) == (*pool, *section) => part.strips.end = at + 1,
            _ => self.parts.push(Part { pool: *pool, section: *section, strips: at..at + 1 }),
        }
    }
}
