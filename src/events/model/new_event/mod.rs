//! Creation of an event: the request, unparsed and parsed.
//!
//! A request has one of three forms: `total_seats` alone makes one pool with one free ticket type; `pools` and
//! `ticket_types` list them in full; at a venue, the sections of its layout become the pools.

mod names;
mod offer;
mod sections;

pub use self::names::check_entry_count; // for the dates of a series

use std::ops::Range;

use boxoffice_engine::ids::{SeriesId, VenueId};
use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::model::event::{EventStatus, EventTerms};
use boxoffice_engine::money::Currency;
use boxoffice_engine::quantity::Capacity;
use boxoffice_engine::seating::{SECTIONS_PER_LAYOUT_MAX, SectionIndex};

use super::event_fields;
use crate::events::details::{DetailsDraft, EventDetails};
use crate::events::model::seated_event::{EventLayout, LoadedLayouts};
use crate::venues::model::venue::{LayoutReference, VenueLayout};

/// Most pools of a new event that is not at a venue.
pub const POOLS_PER_EVENT_MAX: usize = 100;

/// Most ticket types in a request.
pub const TICKET_TYPES_PER_EVENT_MAX: usize = 200;

/// Most pools of a new event at a venue, including price zones. High enough for every layout. Also the limit for its
/// ticket types, because each pool has a free ticket type if the request has none.
pub const POOLS_PER_SEATED_EVENT_MAX: usize = SECTIONS_PER_LAYOUT_MAX;

/// Name of the only pool, and of its ticket type, if a request has just `total_seats`.
pub const GENERAL_ADMISSION: &str = "General admission";

/// Request to create an event, unparsed.
#[derive(Clone, Debug, Default)]
pub struct EventDraft {
    pub details: DetailsDraft,
    pub series_id: Option<SeriesId>,
    pub total_seats: Option<i64>,
    pub currency: Option<String>,
    pub hold_ttl_seconds: Option<i64>,
    pub max_quantity_per_hold: Option<i64>,
    pub sale_starts_at: Option<String>,
    pub sale_ends_at: Option<String>,
    pub status: Option<String>,
    pub pools: Option<Vec<PoolDraft>>,
    pub ticket_types: Option<Vec<TicketTypeDraft>>,
    pub venue_id: Option<VenueId>,
    /// `None`: the newest version.
    pub layout_version: Option<i64>,
    pub price_zones: Option<Vec<PriceZoneDraft>>,
    pub orphans_refused: Option<bool>,
}

/// A price zone in the request, unparsed.
#[derive(Clone, Debug)]
pub struct PriceZoneDraft {
    /// Name of the zone's section.
    pub section: String,
    pub name: String,
    /// Labels of the zone's rows.
    pub rows: Vec<String>,
}

/// A pool in the request, unparsed.
#[derive(Clone, Debug)]
pub struct PoolDraft {
    pub name: String,
    pub capacity: i64,
}

/// A ticket type in the request, unparsed. It has either a pool or a price zone.
#[derive(Clone, Debug)]
pub struct TicketTypeDraft {
    pub name: String,
    /// Name of its pool.
    pub pool: Option<String>,
    /// Name of its price zone. If several sections have a zone of this name, it is sold in all of them.
    pub price_zone: Option<String>,
    /// Minor units.
    pub price: i64,
    pub min_quantity: Option<i64>,
    pub max_quantity: Option<i64>,
}

/// An event to create. Valid as a whole: it can be inserted as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub series_id: Option<SeriesId>,
    pub details: EventDetails,
    pub terms: EventTerms,
    /// `None`: the event is not at a venue.
    pub seating: Option<EventLayout>,
    /// At least one; names are unique.
    pub pools: Vec<NewPool>,
    /// At least one; names are unique.
    pub ticket_types: Vec<NewTicketType>,
}

/// A pool to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPool {
    pub name: String,
    pub capacity: Capacity,
    /// Part of the layout; `None`: the event is not at a venue.
    pub part: Option<LayoutPart>,
}

impl NewPool {
    fn price_zone(&self) -> Option<&str> {
        self.part.as_ref()?.price_zone.as_deref()
    }
}

/// Part of a layout that forms a pool: a section, or a price zone of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutPart {
    pub section: SectionIndex,
    pub section_name: String,
    /// `None`: the rows of the section that are in no zone.
    pub price_zone: Option<String>,
    /// Ranges of seat indexes, ascending. Empty: general admission.
    pub seats: Vec<Range<u32>>,
}

/// A ticket type to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicketType {
    pub name: String,
    /// Index in [`NewEvent::pools`].
    pub pool: usize,
    /// Minor units of the event's currency; 0 to [`boxoffice_engine::money::PRICE_MAX`].
    pub price: i64,
    /// Smallest quantity per hold; `None`: 1.
    pub min_quantity: Option<u32>,
    /// Largest quantity per hold; `None`: the event's maximum.
    pub max_quantity: Option<u32>,
}

/// For an event that is not at a venue.
impl TryFrom<EventDraft> for NewEvent {
    type Error = Invalid;

    fn try_from(draft: EventDraft) -> Result<Self, Invalid> {
        Self::parse(draft, &LoadedLayouts::default())
    }
}

impl NewEvent {
    /// Parses a request. `layouts` has the layout that the draft refers to, if any.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn parse(draft: EventDraft, layouts: &LoadedLayouts) -> Result<Self, Invalid> {
        let venue = draft.layout_reference()?.map(|reference| find_layout(layouts, reference)).transpose()?;
        let mut details = EventDetails::try_from(&draft.details)?;
        let terms = parse_terms(&draft)?;
        let (pools, ticket_types) = offer::parse_pools_and_ticket_types(&draft, venue, terms.currency)?;
        if let Some(venue) = venue {
            details.venue_name.get_or_insert_with(|| venue.venue_name.clone());
        }
        let seating = venue.map(|venue| EventLayout { venue_id: venue.venue_id, layout_version: venue.version });
        Ok(Self { series_id: draft.series_id, details, terms, seating, pools, ticket_types })
    }
}

impl EventDraft {
    /// Reference to the event's layout; `None`: the event is not at a venue.
    ///
    /// # Errors
    /// A field that needs a venue is given without one, or the version is less than 1.
    pub fn layout_reference(&self) -> Result<Option<LayoutReference>, Invalid> {
        let Some(venue_id) = self.venue_id else {
            let venue_fields = [
                ("/layout_version", self.layout_version.is_some()),
                ("/price_zones", self.price_zones.is_some()),
                ("/orphans_refused", self.orphans_refused.is_some()),
            ];
            return match venue_fields.into_iter().find(|(_, is_given)| *is_given) {
                Some((pointer, _)) => Err(Invalid::new(pointer, "must be absent where no venue_id is given")),
                None => Ok(None),
            };
        };
        let out_of_range = || Invalid::new("/layout_version", "must be a version of the venue's layout: 1 or more");
        let parse = |version| u32::try_from(version).ok().filter(|version| *version >= 1).ok_or_else(out_of_range);
        Ok(Some(LayoutReference { venue_id, version: self.layout_version.map(parse).transpose()? }))
    }
}

fn find_layout(layouts: &LoadedLayouts, reference: LayoutReference) -> Result<&VenueLayout, Invalid> {
    layouts.get(reference).ok_or_else(|| Invalid::new("/venue_id", "must be the id of a venue"))
}

fn parse_terms(draft: &EventDraft) -> Result<EventTerms, Invalid> {
    let instant =
        |pointer, text: &Option<String>| parse_optional(text, |text| event_fields::parse_instant(pointer, text));
    let terms = EventTerms {
        orphans_refused: draft.orphans_refused.unwrap_or(false),
        status: parse_optional(&draft.status, |text| parse_initial_status(text))?.unwrap_or(EventStatus::OnSale),
        currency: parse_optional(&draft.currency, |text| parse_currency(text))?,
        hold_ttl_seconds: parse_optional(&draft.hold_ttl_seconds, |seconds| {
            event_fields::parse_hold_ttl_seconds(*seconds)
        })?,
        max_quantity_per_hold: parse_optional(&draft.max_quantity_per_hold, |max| {
            event_fields::parse_max_quantity_per_hold(*max)
        })?,
        sale_starts_at: instant("/sale_starts_at", &draft.sale_starts_at)?,
        sale_ends_at: instant("/sale_ends_at", &draft.sale_ends_at)?,
    };
    terms.validate_times()?;
    Ok(terms)
}

/// A new event may only be `draft` or `on_sale`.
fn parse_initial_status(text: &str) -> Result<EventStatus, Invalid> {
    match event_fields::parse_status(text) {
        Ok(status @ (EventStatus::Draft | EventStatus::OnSale)) => Ok(status),
        _ => Err(Invalid::new("/status", "must be draft or on_sale")),
    }
}

fn parse_currency(text: &str) -> Result<Currency, Invalid> {
    let unknown = || Invalid::new("/currency", "must be the ISO 4217 code of a currency, such as EUR");
    Currency::parse_known(text).ok_or_else(unknown)
}

fn parse_optional<T, U>(value: &Option<T>, parse: impl Fn(&T) -> Result<U, Invalid>) -> Result<Option<U>, Invalid> {
    value.as_ref().map(parse).transpose()
}
