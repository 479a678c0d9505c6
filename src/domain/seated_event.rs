//! Events at a venue: which layout an event is sold with, and the layouts that a request names.
//!
//! What a request asks for can only be judged with the layout at hand. Layouts never change, so whoever parses may find them
//! beforehand: nothing that is decided with one can be out of date.

use std::collections::BTreeMap;

use super::ids::VenueId;
use super::invalid::Invalid;
use super::seating::Layout;

/// The most numbered seats of one request, all of its events together: they are written in one transaction.
pub const SEATS_PER_REQUEST_MAX: usize = 200_000;

/// The most pools of one request, all of its events together, for the same reason. At a venue a date may have a thousand.
pub const POOLS_PER_REQUEST_MAX: usize = 10_000;

/// What an event is sold with. It does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seating {
    pub venue_id: VenueId,
    /// Of the venue's layout, from 1.
    pub layout_version: u32,
}

/// A layout as a request names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayoutName {
    pub venue_id: VenueId,
    /// Absent: the newest.
    pub version: Option<u32>,
}

/// A layout that a request names, and where it does so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedLayout {
    /// JSON pointer to what has the venue's id.
    pub place: String,
    pub name: LayoutName,
}

/// A venue's layout, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueLayout {
    pub venue_id: VenueId,
    pub venue_name: String,
    pub version: u32,
    pub layout: Layout,
}

/// The layouts that a request names, found. Counts the seats of its events, so that one can stop to look for more.
#[derive(Debug, Default)]
pub struct Layouts {
    found: BTreeMap<LayoutName, VenueLayout>,
    seats: usize,
}

impl Layouts {
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn get(&self, name: LayoutName) -> Option<&VenueLayout> {
        self.found.get(&name)
    }

    pub fn add(&mut self, name: LayoutName, layout: VenueLayout) {
        self.found.insert(name, layout);
    }

    /// One more event is to be sold with a layout that was found.
    ///
    /// # Errors
    /// When the events have more than [`SEATS_PER_REQUEST_MAX`] together. It takes several, so it is about their dates.
    pub fn sell(&mut self, name: LayoutName) -> Result<(), Invalid> {
        self.seats += self.get(name).map_or(0, |found| found.layout.seats().len());
        if self.seats > SEATS_PER_REQUEST_MAX {
            return Err(Invalid::new("/dates", format!("must have at most {SEATS_PER_REQUEST_MAX} seats together")));
        }
        Ok(())
    }
}
