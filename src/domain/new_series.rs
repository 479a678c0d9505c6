//! A series to be created, and its dates: events that are all made of one template.

use super::event_fields as fields;
use super::invalid::Invalid;
use super::new_event::{EventDraft, NewEvent};
use super::text::{self, SERIES_NAME_LENGTH_MAX};

/// The most dates of one request.
pub const DATES_PER_REQUEST_MAX: usize = 200;

/// Where the places of a request's faults are.
const TEMPLATE: &str = "/template";
const DATES: &str = "/dates";

/// The request, unparsed.
#[derive(Clone, Debug, Default)]
pub struct SeriesDraft {
    pub name: String,
    pub description: Option<String>,
    /// Absent: the dates come later.
    pub dates: Option<DatesDraft>,
}

/// Dates of a request, unparsed.
#[derive(Clone, Debug, Default)]
pub struct DatesDraft {
    /// What all dates have in common. It has no times.
    pub template: EventDraft,
    pub dates: Vec<DateDraft>,
}

/// What is a date's own: its times, and what it has instead of the template's.
#[derive(Clone, Debug, Default)]
pub struct DateDraft {
    pub starts_at: String,
    pub ends_at: Option<String>,
    pub sale_starts_at: Option<String>,
    pub sale_ends_at: Option<String>,
    pub venue_name: Option<String>,
    pub time_zone: Option<String>,
}

/// Parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSeries {
    pub name: String,
    pub description: Option<String>,
    /// At most [`DATES_PER_REQUEST_MAX`].
    pub events: Vec<NewEvent>,
}

impl TryFrom<SeriesDraft> for NewSeries {
    type Error = Invalid;

    fn try_from(draft: SeriesDraft) -> Result<Self, Invalid> {
        Ok(Self {
            name: text::line("/name", &draft.name, SERIES_NAME_LENGTH_MAX)?,
            description: draft.description.as_deref().map(fields::description).transpose()?.flatten(),
            events: draft.dates.map_or_else(|| Ok(Vec::new()), events)?,
        })
    }
}

/// The events of the dates, in their order. A fault is where it was written: in the template, or in a date.
pub fn events(draft: DatesDraft) -> Result<Vec<NewEvent>, Invalid> {
    let DatesDraft { template, dates } = draft;
    if dates.is_empty() || dates.len() > DATES_PER_REQUEST_MAX {
        return Err(Invalid::new(DATES, format!("must have 1 to {DATES_PER_REQUEST_MAX} entries")));
    }
    without_what_is_a_dates(&template)?;
    let event = |(number, date): (usize, DateDraft)| {
        let own = date.own_fields();
        NewEvent::try_from(date.of(&template)).map_err(|fault| {
            let is_own = own.contains(&fault.pointer.as_str());
            if is_own { fault.inside(&format!("{DATES}/{number}")) } else { fault.inside(TEMPLATE) }
        })
    };
    dates.into_iter().enumerate().map(event).collect()
}

/// A template says nothing that each date, or the series, says itself.
fn without_what_is_a_dates(template: &EventDraft) -> Result<(), Invalid> {
    let times = [
        ("starts_at", &template.starts_at),
        ("ends_at", &template.ends_at),
        ("sale_starts_at", &template.sale_starts_at),
        ("sale_ends_at", &template.sale_ends_at),
    ];
    if let Some((time, _)) = times.iter().find(|(_, given)| given.is_some()) {
        return Err(Invalid::new(format!("{TEMPLATE}/{time}"), "must be given by each of the dates"));
    }
    match template.series_id {
        Some(_) => Err(Invalid::new(format!("{TEMPLATE}/series_id"), "must be absent: it is the series itself")),
        None => Ok(()),
    }
}

impl DateDraft {
    /// Pointers to the fields that an event has from its date.
    fn own_fields(&self) -> Vec<&'static str> {
        let mut own = vec!["/starts_at", "/ends_at", "/sale_starts_at", "/sale_ends_at"];
        own.extend(self.venue_name.is_some().then_some("/venue_name"));
        own.extend(self.time_zone.is_some().then_some("/time_zone"));
        own
    }

    fn of(self, template: &EventDraft) -> EventDraft {
        let template = template.clone();
        EventDraft {
            starts_at: Some(self.starts_at),
            ends_at: self.ends_at,
            sale_starts_at: self.sale_starts_at,
            sale_ends_at: self.sale_ends_at,
            venue_name: self.venue_name.or(template.venue_name),
            time_zone: self.time_zone.or(template.time_zone),
            ..template
        }
    }
}
