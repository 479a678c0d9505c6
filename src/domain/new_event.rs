//! An event to be created, parsed from what a request says.
//!
//! Three forms: `total_seats` alone makes one pool with one free ticket type; `pools` and `ticket_types` say it in full; at a
//! venue, the sections of its layout are the pools.

mod names;
mod offer;
mod sections;

pub(super) use self::names::counted; // for the dates of a series

use std::ops::Range;

use super::event::{EventDetails, EventStatus, EventTerms};
use super::event_fields as fields;
use super::ids::{SeriesId, VenueId};
use super::invalid::Invalid;
use super::money::Currency;
use super::quantity::Capacity;
use super::seated_event::{LayoutName, Layouts, Seating, VenueLayout};
use super::seating::{SECTIONS_PER_LAYOUT_MAX, SectionIndex};
use super::zone::TIME_ZONE_DEFAULT;

/// The most pools one event is created with.
pub const POOLS_PER_EVENT_MAX: usize = 100;

/// The most ticket types one event is created with.
pub const TICKET_TYPES_PER_EVENT_MAX: usize = 200;

/// The most pools that a layout makes with its price zones: every layout can be sold. Each has a free ticket type unless the
/// request says, so there may be as many of those.
pub const POOLS_PER_SEATED_EVENT_MAX: usize = SECTIONS_PER_LAYOUT_MAX;

/// The name of the only pool, and of its ticket type, where a request gives just a number of seats.
pub const GENERAL_ADMISSION: &str = "General admission";

/// The request, unparsed.
#[derive(Clone, Debug, Default)]
pub struct EventDraft {
    pub name: String,
    pub series_id: Option<SeriesId>,
    pub total_seats: Option<i64>,
    pub description: Option<String>,
    pub venue_name: Option<String>,
    pub starts_at: Option<String>,
    pub ends_at: Option<String>,
    pub time_zone: Option<String>,
    pub currency: Option<String>,
    pub hold_ttl_seconds: Option<i64>,
    pub max_quantity_per_hold: Option<i64>,
    pub sale_starts_at: Option<String>,
    pub sale_ends_at: Option<String>,
    pub status: Option<String>,
    pub pools: Option<Vec<PoolDraft>>,
    pub ticket_types: Option<Vec<TicketTypeDraft>>,
    pub venue_id: Option<VenueId>,
    /// Absent: the newest.
    pub layout_version: Option<i64>,
    pub price_zones: Option<Vec<PriceZoneDraft>>,
    pub orphans_refused: Option<bool>,
}

/// A price zone of the request, unparsed.
#[derive(Clone, Debug)]
pub struct PriceZoneDraft {
    /// The name of the section that it is in.
    pub section: String,
    pub name: String,
    /// Their labels.
    pub rows: Vec<String>,
}

/// A pool of the request, unparsed.
#[derive(Clone, Debug)]
pub struct PoolDraft {
    pub name: String,
    pub capacity: i64,
}

/// A ticket type of the request, unparsed. It has either a pool or a price zone.
#[derive(Clone, Debug)]
pub struct TicketTypeDraft {
    pub name: String,
    /// The name of its pool.
    pub pool: Option<String>,
    /// The name of the zone that it is sold in, in every section that has it.
    pub price_zone: Option<String>,
    /// Minor units.
    pub price: i64,
    pub min_quantity: Option<i64>,
    pub max_quantity: Option<i64>,
}

/// Parsed: what it says can be created as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub series_id: Option<SeriesId>,
    pub details: EventDetails,
    pub terms: EventTerms,
    /// Absent: the event is not at a venue.
    pub seating: Option<Seating>,
    /// At least one; names are unique.
    pub pools: Vec<NewPool>,
    /// At least one; names are unique.
    pub ticket_types: Vec<NewTicketType>,
}

/// A pool to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPool {
    pub name: String,
    pub capacity: Capacity,
    /// Of an event at a venue.
    pub part: Option<LayoutPart>,
}

impl NewPool {
    fn price_zone(&self) -> Option<&str> {
        self.part.as_ref()?.price_zone.as_deref()
    }
}

/// What of the layout a pool is: a section, or a price zone of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutPart {
    pub section: SectionIndex,
    pub section_name: String,
    /// Absent: what no zone has of the section.
    pub price_zone: Option<String>,
    /// Stretches of the layout's seats, in its order. None: general admission.
    pub seats: Vec<Range<u32>>,
}

/// A ticket type to be sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicketType {
    pub name: String,
    /// Index in [`NewEvent::pools`].
    pub pool: usize,
    /// Minor units of the event's currency; 0 to [`super::money::PRICE_MAX`].
    pub price: i64,
    pub min_quantity: Option<u32>,
    pub max_quantity: Option<u32>,
}

/// For an event that is not at a venue.
impl TryFrom<EventDraft> for NewEvent {
    type Error = Invalid;

    fn try_from(draft: EventDraft) -> Result<Self, Invalid> {
        Self::parse(draft, &Layouts::default())
    }
}

impl NewEvent {
    /// `layouts` has the one that the draft names, if it names one.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn parse(draft: EventDraft, layouts: &Layouts) -> Result<Self, Invalid> {
        let venue = draft.layout_name()?.map(|name| found(layouts, name)).transpose()?;
        let mut details = details(&draft)?;
        let terms = terms(&draft)?;
        let (pools, ticket_types) = offer::offer(&draft, venue, terms.currency)?;
        if let Some(venue) = venue {
            details.venue_name.get_or_insert_with(|| venue.venue_name.clone());
        }
        let seating = venue.map(|venue| Seating { venue_id: venue.venue_id, layout_version: venue.version });
        Ok(Self { series_id: draft.series_id, details, terms, seating, pools, ticket_types })
    }
}

impl EventDraft {
    /// The layout that the event is to be sold with. Nothing that only makes sense with one is given without it.
    ///
    /// # Errors
    /// Where the draft contradicts itself, or names a version that no layout can have.
    pub fn layout_name(&self) -> Result<Option<LayoutName>, Invalid> {
        let Some(venue_id) = self.venue_id else {
            let of_a_venue = [
                ("/layout_version", self.layout_version.is_some()),
                ("/price_zones", self.price_zones.is_some()),
                ("/orphans_refused", self.orphans_refused.is_some()),
            ];
            let given = of_a_venue.into_iter().find(|(_, is_given)| *is_given);
            let without_venue = |(pointer, _)| Invalid::new(pointer, "must be absent where no venue_id is given");
            return given.map(without_venue).map_or(Ok(None), Err);
        };
        let wrong = || Invalid::new("/layout_version", "must be a version of the venue's layout: 1 or more");
        let version = |version| u32::try_from(version).ok().filter(|version| *version >= 1).ok_or_else(wrong);
        Ok(Some(LayoutName { venue_id, version: self.layout_version.map(version).transpose()? }))
    }
}

fn found(layouts: &Layouts, name: LayoutName) -> Result<&VenueLayout, Invalid> {
    layouts.get(name).ok_or_else(|| Invalid::new("/venue_id", "must be the id of a venue"))
}

fn details(draft: &EventDraft) -> Result<EventDetails, Invalid> {
    let instant = |pointer, text: &Option<String>| optional(text, |text| fields::instant(pointer, text));
    let details = EventDetails {
        name: fields::name(&draft.name)?,
        description: optional(&draft.description, |text| fields::description(text))?.flatten(),
        venue_name: optional(&draft.venue_name, |text| fields::venue_name(text))?,
        starts_at: instant("/starts_at", &draft.starts_at)?,
        ends_at: instant("/ends_at", &draft.ends_at)?,
        time_zone: fields::time_zone(draft.time_zone.as_deref().unwrap_or(TIME_ZONE_DEFAULT))?,
    };
    details.in_order()?;
    Ok(details)
}

fn terms(draft: &EventDraft) -> Result<EventTerms, Invalid> {
    let instant = |pointer, text: &Option<String>| optional(text, |text| fields::instant(pointer, text));
    let terms = EventTerms {
        orphans_refused: draft.orphans_refused.unwrap_or(false),
        status: optional(&draft.status, |text| initial_status(text))?.unwrap_or(EventStatus::OnSale),
        currency: optional(&draft.currency, |text| currency(text))?,
        hold_ttl_seconds: optional(&draft.hold_ttl_seconds, |seconds| fields::hold_ttl_seconds(*seconds))?,
        max_quantity_per_hold: optional(&draft.max_quantity_per_hold, |max| fields::max_quantity_per_hold(*max))?,
        sale_starts_at: instant("/sale_starts_at", &draft.sale_starts_at)?,
        sale_ends_at: instant("/sale_ends_at", &draft.sale_ends_at)?,
    };
    terms.in_order()?;
    Ok(terms)
}

/// An event cannot begin its life at its end.
fn initial_status(text: &str) -> Result<EventStatus, Invalid> {
    match fields::status(text) {
        Ok(status @ (EventStatus::Draft | EventStatus::OnSale)) => Ok(status),
        _ => Err(Invalid::new("/status", "must be draft or on_sale")),
    }
}

fn currency(text: &str) -> Result<Currency, Invalid> {
    let wrong = || Invalid::new("/currency", "must be an ISO 4217 code: three capital letters, such as EUR");
    Currency::parse(text).ok_or_else(wrong)
}

fn optional<T, U>(value: &Option<T>, parse: impl Fn(&T) -> Result<U, Invalid>) -> Result<Option<U>, Invalid> {
    value.as_ref().map(parse).transpose()
}
