//! A venue as it is shown, and a layout of one as requests refer to it and as it is loaded.

use boxoffice_engine::ids::VenueId;
use boxoffice_engine::seating::{Layout, Point, Section, SectionKind};
use boxoffice_engine::time::Instant;

/// A venue with a summary of its newest layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    pub venue_id: VenueId,
    pub name: String,
    pub address: Option<String>,
    pub layout: LayoutSummary,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Summary of a layout, without its seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutSummary {
    /// Version of the venue's layout, from 1.
    pub version: u32,
    pub focal_point: Point,
    pub sections: Vec<SectionSummary>,
}

/// Summary of a section, without its seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionSummary {
    pub name: String,
    /// Number of seats, or of general admission places.
    pub capacity: u32,
    /// `None`: general admission.
    pub row_count: Option<u32>,
}

impl LayoutSummary {
    /// Summary of a layout.
    pub fn new(version: u32, layout: &Layout) -> Self {
        let to_u32 = |count| u32::try_from(count).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats");
        let summary = |section: &Section| {
            let (capacity, row_count) = match &section.kind {
                SectionKind::Seated { rows } => {
                    let seats = layout.rows()[rows.clone()].iter().map(|row| row.seats.len()).sum();
                    (to_u32(seats), Some(to_u32(rows.len())))
                }
                SectionKind::GeneralAdmission { capacity } => (capacity.get(), None),
            };
            SectionSummary { name: section.name.clone(), capacity, row_count }
        };
        Self { version, focal_point: layout.focal_point(), sections: layout.sections().iter().map(summary).collect() }
    }

    /// Number of all places, with and without a seat.
    pub fn capacity(&self) -> u64 {
        self.sections.iter().map(|section| u64::from(section.capacity)).sum()
    }

    /// Number of seats.
    pub fn seat_count(&self) -> u64 {
        let seated = self.sections.iter().filter(|section| section.row_count.is_some());
        seated.map(|section| u64::from(section.capacity)).sum()
    }
}

/// Reference to a layout in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayoutReference {
    pub venue_id: VenueId,
    /// `None`: the newest version.
    pub version: Option<u32>,
}

/// A layout of a venue, as loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueLayout {
    pub venue_id: VenueId,
    pub venue_name: String,
    pub version: u32,
    pub layout: Layout,
}
