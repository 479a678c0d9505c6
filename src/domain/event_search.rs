//! What events someone looks for, and from which place in the listing on.

use time::macros::datetime;
use uuid::Uuid;

use super::event::EventStatus;
use super::event_fields as fields;
use super::ids::EventId;
use super::invalid::Invalid;
use super::page;
use super::text;
use super::time::Instant;

/// A place in the listing's order: by start, events without one last, then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPosition {
    pub starts_at: Option<Instant>,
    pub event_id: EventId,
}

impl EventPosition {
    /// No event starts earlier, and no id is smaller.
    pub fn before_all() -> Self {
        Self { starts_at: Some(datetime!(0001-01-01 0:00 UTC)), event_id: Uuid::nil().into() }
    }
}

/// The request, unparsed: query parameters as they came.
#[derive(Clone, Debug, Default)]
pub struct EventSearchDraft {
    pub q: Option<String>,
    pub status: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub limit: Option<String>,
}

/// Parsed. The filters are combined: an event must pass all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSearch {
    /// In the name or the venue's name, in any case.
    pub text: Option<String>,
    pub status: Option<EventStatus>,
    /// Starts at this time or later. Events without a start pass neither this nor `to`.
    pub from: Option<Instant>,
    /// Starts before this time.
    pub to: Option<Instant>,
    /// Rows of a page.
    pub limit: u32,
    /// The last event of the page before.
    pub after: Option<EventPosition>,
}

impl EventSearch {
    /// An empty `q` finds everything, because search boxes send it.
    pub fn parse(draft: &EventSearchDraft, after: Option<EventPosition>) -> Result<Self, Invalid> {
        let instant = |name, text: &Option<String>| text.as_deref().map(|text| fields::instant(name, text)).transpose();
        let text = draft.q.as_deref().filter(|text| !text.trim().is_empty());
        Ok(Self {
            text: text.map(|text| text::line("q", text, text::SEARCH_LENGTH_MAX)).transpose()?,
            status: draft.status.as_deref().map(status).transpose()?,
            from: instant("from", &draft.from)?,
            to: instant("to", &draft.to)?,
            limit: page::limit(draft.limit.as_deref())?,
            after,
        })
    }
}

fn status(text: &str) -> Result<EventStatus, Invalid> {
    EventStatus::parse(text).ok_or_else(|| Invalid::new("status", fields::STATUS_EXPECTED))
}
