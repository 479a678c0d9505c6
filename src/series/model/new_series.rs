//! Creation of a series, and of its dates: events made from one template.

use boxoffice_engine::ids::VenueId;
use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::text;
use boxoffice_engine::text::SERIES_NAME_LENGTH_MAX;

use crate::events::details::parse_description;
use crate::events::model::new_event::{EventDraft, NewEvent, check_entry_count};
use crate::events::model::seated_event::{LoadedLayouts, POOLS_PER_REQUEST_MAX, RequestedLayout};
use crate::venues::model::venue::LayoutReference;

/// Most dates in one request.
pub const DATES_PER_REQUEST_MAX: usize = 200;

/// JSON pointer to the template in a request.
const TEMPLATE: &str = "/template";
/// JSON pointer to the dates in a request.
const DATES: &str = "/dates";

/// Request to create a series, unparsed.
#[derive(Clone, Debug, Default)]
pub struct SeriesDraft {
    pub name: String,
    pub description: Option<String>,
    /// `None`: dates can be added later.
    pub dates: Option<DatesDraft>,
}

/// Template and dates of a request, unparsed.
#[derive(Clone, Debug, Default)]
pub struct DatesDraft {
    /// Fields that all dates share. The template has no times.
    pub template: EventDraft,
    pub dates: Vec<DateDraft>,
}

/// One date, unparsed: its times, and the fields that replace the template's.
#[derive(Clone, Debug, Default)]
pub struct DateDraft {
    pub starts_at: String,
    pub ends_at: Option<String>,
    pub sale_starts_at: Option<String>,
    pub sale_ends_at: Option<String>,
    /// The event has the newest layout of this venue.
    pub venue_id: Option<VenueId>,
    pub venue_name: Option<String>,
    pub time_zone: Option<String>,
}

/// A series to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSeries {
    pub name: String,
    pub description: Option<String>,
    /// At most [`DATES_PER_REQUEST_MAX`].
    pub events: Vec<NewEvent>,
}

impl NewSeries {
    /// Parses a request. `layouts` are the ones in [`requested_layouts`].
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn parse(draft: SeriesDraft, layouts: &LoadedLayouts) -> Result<Self, Invalid> {
        Ok(Self {
            name: text::parse_line("/name", &draft.name, SERIES_NAME_LENGTH_MAX)?,
            description: draft.description.as_deref().map(parse_description).transpose()?.flatten(),
            events: draft.dates.map_or_else(|| Ok(Vec::new()), |dates| parse_dates(dates, layouts))?,
        })
    }
}

/// References to the layouts of the dates, one for each date at a venue.
///
/// # Errors
/// The number of dates is out of range, or fields of the template contradict each other.
pub fn requested_layouts(draft: &DatesDraft) -> Result<Vec<RequestedLayout>, Invalid> {
    let DatesDraft { template, dates } = draft;
    check_entry_count(DATES, dates.len(), DATES_PER_REQUEST_MAX)?;
    let mut requested = Vec::new();
    for (index, date) in dates.iter().enumerate() {
        if let Some(venue_id) = date.venue_id {
            let reference = LayoutReference { venue_id, version: None };
            requested.push(RequestedLayout { pointer: format!("{DATES}/{index}"), reference });
        } else if let Some(reference) = template.layout_reference().map_err(|invalid| invalid.with_parent(TEMPLATE))? {
            requested.push(RequestedLayout { pointer: TEMPLATE.to_owned(), reference });
        }
    }
    Ok(requested)
}

/// Parses the dates into events, in the same order.
///
/// # Errors
/// The first invalid field, with a pointer into the template or into a date; or too many pools.
pub fn parse_dates(draft: DatesDraft, layouts: &LoadedLayouts) -> Result<Vec<NewEvent>, Invalid> {
    let DatesDraft { template, dates } = draft;
    check_entry_count(DATES, dates.len(), DATES_PER_REQUEST_MAX)?;
    reject_per_date_fields(&template)?;
    let mut events = Vec::with_capacity(dates.len());
    let mut pools = 0;
    for (index, date) in dates.into_iter().enumerate() {
        let (own_fields, has_venue) = (date.own_fields(), date.venue_id.is_some());
        let pointer = format!("{DATES}/{index}");
        let event = NewEvent::parse(date.into_event_draft(&template), layouts).map_err(|mut invalid| {
            if own_fields.contains(&invalid.pointer.as_str()) {
                return invalid.with_parent(&pointer);
            }
            // The same template field can be valid for the venues of other dates, so the error names the date.
            if has_venue {
                invalid.detail.push_str(&format!(" (at the venue of {pointer})"));
            }
            invalid.with_parent(TEMPLATE)
        })?;
        pools += event.pools.len();
        if pools > POOLS_PER_REQUEST_MAX {
            return Err(Invalid::new(DATES, format!("must have at most {POOLS_PER_REQUEST_MAX} pools together")));
        }
        events.push(event);
    }
    Ok(events)
}

/// Rejects template fields that belong to each date or to the series. A layout version needs a venue in the template.
fn reject_per_date_fields(template: &EventDraft) -> Result<(), Invalid> {
    let times = [
        ("starts_at", &template.details.starts_at),
        ("ends_at", &template.details.ends_at),
        ("sale_starts_at", &template.sale_starts_at),
        ("sale_ends_at", &template.sale_ends_at),
    ];
    if let Some((field, _)) = times.iter().find(|(_, value)| value.is_some()) {
        return Err(Invalid::new(format!("{TEMPLATE}/{field}"), "must be given by each of the dates"));
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
    /// JSON pointers to the event's fields that come from the date instead of the template.
    fn own_fields(&self) -> Vec<&'static str> {
        let mut fields = vec!["/starts_at", "/ends_at", "/sale_starts_at", "/sale_ends_at"];
        fields.extend(self.venue_id.is_some().then_some("/venue_id"));
        fields.extend(self.venue_name.is_some().then_some("/venue_name"));
        fields.extend(self.time_zone.is_some().then_some("/time_zone"));
        fields
    }

    /// The template with the date's fields.
    fn into_event_draft(self, template: &EventDraft) -> EventDraft {
        let mut event = template.clone();
        if self.venue_id.is_some() {
            event.venue_id = self.venue_id;
            // These two belong to the template's own venue.
            event.details.venue_name = None;
            event.layout_version = None;
        }
        event.details.starts_at = Some(self.starts_at);
        event.details.ends_at = self.ends_at;
        event.details.venue_name = self.venue_name.or(event.details.venue_name);
        event.details.time_zone = self.time_zone.or(event.details.time_zone);
        event.sale_starts_at = self.sale_starts_at;
        event.sale_ends_at = self.sale_ends_at;
        event
    }
}
