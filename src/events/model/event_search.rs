//! Search for events: filters, page size and the position where the page starts.

use boxoffice_engine::ids::EventId;
use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::text;
use boxoffice_engine::time::Instant;
use time::macros::datetime;
use uuid::Uuid;

use super::event_fields;
use crate::fields::page;

/// A position in the listing. It is ordered by start time, events without one last, then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPosition {
    pub starts_at: Option<Instant>,
    pub event_id: EventId,
}

impl EventPosition {
    /// The position before all events: no event starts earlier, and no id is smaller.
    pub fn before_all() -> Self {
        Self { starts_at: Some(datetime!(0001-01-01 0:00 UTC)), event_id: Uuid::nil().into() }
    }
}

/// The query parameters, unparsed.
#[derive(Clone, Debug, Default)]
pub struct EventSearchDraft {
    pub q: Option<String>,
    pub status: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub limit: Option<String>,
}

/// A parsed search. An event must pass all filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSearch {
    /// Text in the event's or the venue's name; upper and lower case are the same.
    pub text: Option<String>,
    pub status: Option<EventStatus>,
    /// Earliest start, inclusive. Events without a start time pass neither this filter nor `to`.
    pub from: Option<Instant>,
    /// Latest start, exclusive.
    pub to: Option<Instant>,
    /// Rows of a page.
    pub limit: u32,
    /// Position of the previous page's last event.
    pub after: Option<EventPosition>,
}

impl EventSearch {
    /// Parses a search. An empty `q` is no filter, because search boxes send it.
    ///
    /// # Errors
    /// The first invalid query parameter.
    pub fn parse(draft: &EventSearchDraft, after: Option<EventPosition>) -> Result<Self, Invalid> {
        let instant = |name, text: &Option<String>| {
            text.as_deref().map(|text| event_fields::parse_instant(name, text)).transpose()
        };
        let text = draft.q.as_deref().filter(|text| !text.trim().is_empty());
        Ok(Self {
            text: text.map(|text| text::parse_line("q", text, text::SEARCH_LENGTH_MAX)).transpose()?,
            status: draft.status.as_deref().map(parse_status).transpose()?,
            from: instant("from", &draft.from)?,
            to: instant("to", &draft.to)?,
            limit: page::parse_limit(draft.limit.as_deref())?,
            after,
        })
    }
}

fn parse_status(text: &str) -> Result<EventStatus, Invalid> {
    EventStatus::parse(text).ok_or_else(|| Invalid::new("status", event_fields::STATUS_EXPECTED))
}
