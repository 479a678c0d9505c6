//! An event to be created, parsed from what a request says.
//!
//! Two forms: `total_seats` alone makes one pool with one free ticket type; `pools` and `ticket_types` say it in full.

mod offer;

use super::event::{EventDetails, EventStatus, EventTerms};
use super::event_fields as fields;
use super::ids::SeriesId;
use super::invalid::Invalid;
use super::money::Currency;
use super::quantity::Capacity;
use super::zone::TIME_ZONE_DEFAULT;

/// The most pools one event is created with.
pub const POOLS_PER_EVENT_MAX: usize = 100;

/// The most ticket types one event is created with.
pub const TICKET_TYPES_PER_EVENT_MAX: usize = 200;

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
}

/// A pool of the request, unparsed.
#[derive(Clone, Debug)]
pub struct PoolDraft {
    pub name: String,
    pub capacity: i64,
}

/// A ticket type of the request, unparsed.
#[derive(Clone, Debug)]
pub struct TicketTypeDraft {
    pub name: String,
    /// The name of its pool.
    pub pool: String,
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

impl TryFrom<EventDraft> for NewEvent {
    type Error = Invalid;

    fn try_from(draft: EventDraft) -> Result<Self, Invalid> {
        let details = details(&draft)?;
        let terms = terms(&draft)?;
        let (pools, ticket_types) = offer::offer(&draft, terms.currency)?;
        Ok(Self { series_id: draft.series_id, details, terms, pools, ticket_types })
    }
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
