//! A layout of a venue, as requests refer to it and as it is loaded.

use boxoffice_engine::ids::VenueId;
use boxoffice_engine::seating::Layout;

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
