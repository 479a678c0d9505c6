//! Venues: the places where events happen.

use super::ids::VenueId;
use super::seating::{Layout, Point, SectionKind};
use super::time::Instant;

/// A venue, with its newest layout in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    pub venue_id: VenueId,
    pub name: String,
    pub address: Option<String>,
    pub layout: LayoutInShort,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What a layout has, without its seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutInShort {
    /// From 1.
    pub version: u32,
    pub focal_point: Point,
    pub sections: Vec<SectionInShort>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionInShort {
    pub name: String,
    /// Its seats, or the places of general admission.
    pub capacity: u32,
    /// Absent: general admission.
    pub row_count: Option<u32>,
}

impl LayoutInShort {
    pub fn of(version: u32, layout: &Layout) -> Self {
        let count = |count| u32::try_from(count).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats");
        let section = |section: &super::seating::Section| {
            let (capacity, row_count) = match &section.kind {
                SectionKind::Seated { rows } => {
                    let seats = layout.rows()[rows.clone()].iter().map(|row| row.seats.len()).sum();
                    (count(seats), Some(count(rows.len())))
                }
                SectionKind::GeneralAdmission { capacity } => (capacity.get(), None),
            };
            SectionInShort { name: section.name.clone(), capacity, row_count }
        };
        Self { version, focal_point: layout.focal_point(), sections: layout.sections().iter().map(section).collect() }
    }

    /// All places, numbered or not.
    pub fn capacity(&self) -> u64 {
        self.sections.iter().map(|section| u64::from(section.capacity)).sum()
    }

    /// The numbered ones.
    pub fn seat_count(&self) -> u64 {
        let seated = self.sections.iter().filter(|section| section.row_count.is_some());
        seated.map(|section| u64::from(section.capacity)).sum()
    }
}
