//! A series to be created, and its dates: events that are all made of one template.

use super::event_fields as fields;
use super::ids::VenueId;
use super::invalid::Invalid;
use super::new_event::{EventDraft, NewEvent, counted};
use super::seated_event::{LayoutName, Layouts, NamedLayout, POOLS_PER_REQUEST_MAX};
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
    /// Sold with the venue's newest layout.
    pub venue_id: Option<VenueId>,
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

impl NewSeries {
    /// `layouts` has those that the draft's dates name.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn parse(draft: SeriesDraft, layouts: &Layouts) -> Result<Self, Invalid> {
        Ok(Self {
            name: text::line("/name", &draft.name, SERIES_NAME_LENGTH_MAX)?,
            description: draft.description.as_deref().map(fields::description).transpose()?.flatten(),
            events: draft.dates.map_or_else(|| Ok(Vec::new()), |dates| events(dates, layouts))?,
        })
    }
}

/// The layouts that the dates are to be sold with, one for each date that is at a venue.
///
/// # Errors
/// Where the draft contradicts itself.
pub fn layouts_named(draft: &DatesDraft) -> Result<Vec<NamedLayout>, Invalid> {
    let DatesDraft { template, dates } = draft;
    counted(DATES, dates.len(), DATES_PER_REQUEST_MAX)?;
    let named = |(number, date): (usize, &DateDraft)| match date.venue_id {
        Some(venue_id) => {
            let name = LayoutName { venue_id, version: None };
            Ok(Some(NamedLayout { place: format!("{DATES}/{number}"), name }))
        }
        None => {
            let of_template = template.layout_name().map_err(|fault| fault.inside(TEMPLATE))?;
            Ok(of_template.map(|name| NamedLayout { place: TEMPLATE.to_owned(), name }))
        }
    };
    dates.iter().enumerate().filter_map(|date| named(date).transpose()).collect()
}

/// The events of the dates, in their order. A fault is where it was written: in the template, or in a date.
pub fn events(draft: DatesDraft, layouts: &Layouts) -> Result<Vec<NewEvent>, Invalid> {
    let DatesDraft { template, dates } = draft;
    counted(DATES, dates.len(), DATES_PER_REQUEST_MAX)?;
    without_what_is_a_dates(&template)?;
    let mut pools = 0;
    let event = |(number, date): (usize, DateDraft)| {
        let (own, has_venue) = (date.own_fields(), date.venue_id.is_some());
        let place = format!("{DATES}/{number}");
        let new = NewEvent::parse(date.of(&template), layouts).map_err(|mut fault| {
            if own.contains(&fault.pointer.as_str()) {
                return fault.inside(&place);
            }
            // The template may suit the other venues.
            if has_venue {
                fault.detail.push_str(&format!(" (at the venue of {place})"));
            }
            fault.inside(TEMPLATE)
        })?;
        pools += new.pools.len();
        if pools > POOLS_PER_REQUEST_MAX {
            return Err(Invalid::new(DATES, format!("must have at most {POOLS_PER_REQUEST_MAX} pools together")));
        }
        Ok(new)
    };
    dates.into_iter().enumerate().map(event).collect()
}

/// A template says nothing that each date, or the series, says itself. A version is of the template's own venue.
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
    if template.layout_version.is_some() && template.venue_id.is_none() {
        return Err(Invalid::new(format!("{TEMPLATE}/layout_version"), "must be absent where no venue_id is given"));
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
        own.extend(self.venue_id.is_some().then_some("/venue_id"));
        own.extend(self.venue_name.is_some().then_some("/venue_name"));
        own.extend(self.time_zone.is_some().then_some("/time_zone"));
        own
    }

    fn of(self, template: &EventDraft) -> EventDraft {
        let mut template = template.clone();
        if self.venue_id.is_some() {
            // What the template says of its own venue does not hold elsewhere.
            (template.venue_name, template.layout_version) = (None, None);
        }
        EventDraft {
            starts_at: Some(self.starts_at),
            ends_at: self.ends_at,
            sale_starts_at: self.sale_starts_at,
            sale_ends_at: self.sale_ends_at,
            venue_id: self.venue_id.or(template.venue_id),
            venue_name: self.venue_name.or(template.venue_name),
            time_zone: self.time_zone.or(template.time_zone),
            ..template
        }
    }
}
