//! Events at a venue: an event's layout, and the layouts that a request refers to.
//!
//! A request for a seated event can only be validated with its layout. Layouts never change, so they can be loaded
//! before the request is parsed and cannot become stale.

use std::collections::BTreeMap;

use boxoffice_engine::ids::VenueId;
use boxoffice_engine::invalid::Invalid;

use crate::venues::model::venue::{LayoutReference, VenueLayout};

/// Most seats of one request, all its events together, because they are written in one transaction.
pub const SEATS_PER_REQUEST_MAX: usize = 200_000;

/// Most pools of one request, all its events together, for the same reason. An event at a venue can have 1,000.
pub const POOLS_PER_REQUEST_MAX: usize = 10_000;

/// The layout of an event. It does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventLayout {
    pub venue_id: VenueId,
    /// Version of the venue's layout, from 1.
    pub layout_version: u32,
}

/// A layout that a request refers to, and the place of the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedLayout {
    /// JSON pointer to the object with the venue's id.
    pub pointer: String,
    pub reference: LayoutReference,
}

/// Layouts loaded for a request. Counts the seats of the request's events, so that loading can stop at the limit.
#[derive(Debug, Default)]
pub struct LoadedLayouts {
    by_reference: BTreeMap<LayoutReference, VenueLayout>,
    /// Seats of the events counted so far.
    seats: usize,
}

impl LoadedLayouts {
    /// Whether no layout is loaded.
    pub fn is_empty(&self) -> bool {
        self.by_reference.is_empty()
    }

    /// The layout of a reference, if it is loaded.
    pub fn get(&self, reference: LayoutReference) -> Option<&VenueLayout> {
        self.by_reference.get(&reference)
    }

    /// Adds a loaded layout.
    pub fn insert(&mut self, reference: LayoutReference, layout: VenueLayout) {
        self.by_reference.insert(reference, layout);
    }

    /// Counts the seats of one more event with a loaded layout.
    ///
    /// # Errors
    /// The events have more than [`SEATS_PER_REQUEST_MAX`] seats together. One layout has fewer, so the request has
    /// several dates.
    pub fn add_event(&mut self, reference: LayoutReference) -> Result<(), Invalid> {
        self.seats += self.get(reference).map_or(0, |venue| venue.layout.seats().len());
        if self.seats > SEATS_PER_REQUEST_MAX {
            return Err(Invalid::new("/dates", format!("must have at most {SEATS_PER_REQUEST_MAX} seats together")));
        }
        Ok(())
    }
}
