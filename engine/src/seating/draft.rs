//! A layout as in a request, and its validation.
//!
//! An error has a JSON pointer into the layout, such as `/sections/0/rows/3/label`. For a section with a list of seats,
//! the pointer has the index in the list: `/sections/0/seats/12/number`. For CSV, it has the line: `/lines/12/number`.

use std::collections::{HashMap, HashSet};

use super::attributes::{Attribute, Attributes};
use super::description;
use super::geometry::{ROW_PITCH, SECTION_GAP, row_xs};
use super::layout::{
    COORDINATE_MAX, Layout, Point, ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, Row, SEAT_NUMBER_LENGTH_MAX,
    SEATS_PER_LAYOUT_MAX, SEATS_PER_ROW_MAX, SECTION_NAME_LENGTH_MAX, SECTIONS_PER_LAYOUT_MAX, Seat, Section,
    SectionIndex, SectionKind,
};
use crate::invalid::Invalid;
use crate::quantity::{CAPACITY_MAX, Capacity};
use crate::text;

/// Layout of a request, unparsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayoutDraft {
    /// `None`: the focal point of the venue's newest layout; for a new venue, the middle of the seats' front edge.
    pub focal_point: Option<PointDraft>,
    pub sections: Vec<SectionDraft>,
}

/// A point of a request, unparsed. In centimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointDraft {
    pub x: i64,
    pub y: i64,
}

/// Section of a request, unparsed. It has exactly one of capacity, description, rows and seats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionDraft {
    pub name: String,
    /// Number of places of a general admission section.
    pub capacity: Option<i64>,
    /// See [`super::description`]. Its name in requests and in pointers is `rows`.
    pub description: Option<String>,
    pub rows: Option<Vec<RowDraft>>,
    /// Seats, each with its row. Rows are in the order in which they first occur.
    pub seats: Option<Vec<ListedSeat>>,
    /// The middle of the first row, if the seats have no x and y. `None`: behind all previous sections.
    pub origin: Option<PointDraft>,
}

/// A seat in a list, with its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedSeat {
    pub row: String,
    pub seat: SeatDraft,
}

/// Row of a request, unparsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowDraft {
    pub label: String,
    pub seats: Vec<SeatDraft>,
}

/// Seat of a request, unparsed. Either all seats of a section have x and y, or none has: then they get default
/// coordinates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatDraft {
    pub number: String,
    pub x: Option<i64>,
    pub y: Option<i64>,
    /// Words of [`Attribute`].
    pub attributes: Vec<String>,
    /// Line of the CSV, from 1, or index in the section's list of seats, from 0; used in pointers.
    pub line: Option<usize>,
}

impl TryFrom<LayoutDraft> for Layout {
    type Error = Invalid;

    fn try_from(draft: LayoutDraft) -> Result<Self, Invalid> {
        if draft.sections.is_empty() || draft.sections.len() > SECTIONS_PER_LAYOUT_MAX {
            return Err(Invalid::new("/sections", format!("must be 1 to {SECTIONS_PER_LAYOUT_MAX}")));
        }
        let focal_point = draft.focal_point.map(parse_point).transpose();
        let focal_point = focal_point.map_err(|invalid| invalid.with_parent("/focal_point"))?;
        let mut builder = LayoutBuilder::default();
        for (index, section) in draft.sections.into_iter().enumerate() {
            builder.add_section(index, section)?;
        }
        Ok(Self::new(focal_point, builder.sections, builder.rows, builder.seats))
    }
}

/// Parent pointer of the lines of CSV.
const CSV: &str = "/lines";

/// The section whose rows are being added.
struct SectionContext<'a> {
    section: SectionIndex,
    /// JSON pointer to the section.
    pointer: &'a str,
    /// JSON pointer to the list in which [`SeatDraft::line`] is an index.
    lines: &'a str,
    origin: Option<Point>,
}

impl SectionContext<'_> {
    /// JSON pointer for errors about all rows together.
    fn rows_pointer(&self) -> String {
        if self.lines == CSV { format!("{}/rows", self.pointer) } else { self.lines.to_owned() }
    }
}

/// The part of the layout that is validated so far.
#[derive(Default)]
struct LayoutBuilder {
    names: HashSet<String>,
    sections: Vec<Section>,
    rows: Vec<Row>,
    seats: Vec<Seat>,
}

impl LayoutBuilder {
    fn add_section(&mut self, index: usize, draft: SectionDraft) -> Result<(), Invalid> {
        let pointer = format!("/sections/{index}");
        let line = draft.rows.iter().flatten().flat_map(|row| &row.seats).find_map(|seat| seat.line);
        let (name_parent, name_field) = pointer_to_name(line, CSV, &pointer, "/section", "/name");
        let name = text::parse_line(name_field, &draft.name, SECTION_NAME_LENGTH_MAX)
            .and_then(|name| check_unique(&mut self.names, name, name_field, "must not be the name of two sections"))
            .map_err(|invalid| invalid.with_parent(&name_parent))?;
        let origin = draft.origin.map(parse_point).transpose();
        let origin = origin.map_err(|invalid| invalid.with_parent("/origin").with_parent(&pointer))?;
        let section = SectionIndex(u16::try_from(index).expect("SECTIONS_PER_LAYOUT_MAX fits u16"));
        let context = |lines| SectionContext { section, pointer: &pointer, lines, origin };
        let kind = match (draft.capacity, draft.description, draft.rows, draft.seats) {
            (Some(_), None, None, None) if origin.is_some() => {
                return Err(Invalid::new(pointer + "/origin", "must be absent: the section has no seats"));
            }
            (Some(capacity), None, None, None) => {
                SectionKind::GeneralAdmission { capacity: parse_capacity(&pointer, capacity)? }
            }
            (None, Some(description), None, None) => {
                let in_rows = |invalid: Invalid| invalid.with_parent("/rows").with_parent(&pointer);
                let rows = description::parse(&description).map_err(in_rows)?;
                self.add_rows(&context(CSV), rows).map_err(|invalid| point_to_description(&pointer, invalid))?
            }
            (None, None, Some(rows), None) => self.add_rows(&context(CSV), rows)?,
            (None, None, None, Some(seats)) => {
                self.add_rows(&context(&format!("{pointer}/seats")), group_by_row(seats))?
            }
            _ => return Err(Invalid::new(pointer, "must have either seats, or rows, or a capacity")),
        };
        self.sections.push(Section { name, kind });
        Ok(())
    }

    fn add_rows(&mut self, context: &SectionContext, rows: Vec<RowDraft>) -> Result<SectionKind, Invalid> {
        let pointer = context.pointer;
        if rows.is_empty() || rows.len() > ROWS_PER_SECTION_MAX {
            let detail = format!("must be 1 to {ROWS_PER_SECTION_MAX} rows");
            return Err(Invalid::new(context.rows_pointer(), detail));
        }
        let (first_row, first_seat) = (self.rows.len(), self.seats.len());
        let has_coordinates = rows.iter().flat_map(|row| &row.seats).next().is_some_and(|seat| seat.x.is_some());
        if has_coordinates && context.origin.is_some() {
            return Err(Invalid::new(format!("{pointer}/origin"), "must be absent where seats have x and y"));
        }
        let mut labels = HashSet::new();
        for (index, row) in rows.into_iter().enumerate() {
            let row_pointer = format!("{pointer}/rows/{index}");
            let line = row.seats.first().and_then(|seat| seat.line);
            let (label_parent, label_field) = pointer_to_name(line, context.lines, &row_pointer, "/row", "/label");
            let label = text::parse_line(label_field, &row.label, ROW_LABEL_LENGTH_MAX)
                .and_then(|label| check_unique(&mut labels, label, label_field, "must not be the label of two rows"))
                .map_err(|invalid| invalid.with_parent(&label_parent))?;
            let first = self.seats.len();
            self.add_seats(context, &row_pointer, row.seats, has_coordinates)?;
            self.rows.push(Row { section: context.section, label, seats: first..self.seats.len() });
        }
        if !has_coordinates {
            self.set_default_positions(first_row, first_seat, context.origin)
                .map_err(|invalid| invalid.with_parent(pointer))?;
        }
        Ok(SectionKind::Seated { rows: first_row..self.rows.len() })
    }

    /// Adds the seats of the next row. `pointer` is the row's.
    fn add_seats(
        &mut self,
        context: &SectionContext,
        pointer: &str,
        seats: Vec<SeatDraft>,
        has_coordinates: bool,
    ) -> Result<(), Invalid> {
        let line = seats.first().and_then(|seat| seat.line);
        let too_many = |detail: String| {
            let (parent, field) = pointer_to_name(line, context.lines, pointer, "/row", "/seats");
            Invalid::new(parent + field, detail)
        };
        if seats.is_empty() || seats.len() > SEATS_PER_ROW_MAX {
            return Err(too_many(format!("a row must have 1 to {SEATS_PER_ROW_MAX} seats")));
        }
        if self.seats.len() + seats.len() > SEATS_PER_LAYOUT_MAX {
            return Err(too_many(format!("a layout must have at most {SEATS_PER_LAYOUT_MAX} seats")));
        }
        let mut numbers = HashSet::new();
        let mut aisle_before = false;
        for (index, draft) in seats.into_iter().enumerate() {
            let line = draft.line;
            let seat_pointer = || match line {
                Some(line) => format!("{}/{line}", context.lines),
                None => format!("{pointer}/seats/{index}"),
            };
            let mut seat = self
                .parse_seat(draft, &mut numbers, has_coordinates)
                .map_err(|invalid| invalid.with_parent(&seat_pointer()))?;
            let aisle_after = seat.attributes.has(Attribute::AisleAfter);
            if aisle_before || aisle_after {
                seat.attributes = seat.attributes.including(Attribute::Aisle);
            }
            aisle_before = aisle_after;
            self.seats.push(seat);
        }
        Ok(())
    }

    fn parse_seat(
        &self,
        draft: SeatDraft,
        numbers: &mut HashSet<String>,
        has_coordinates: bool,
    ) -> Result<Seat, Invalid> {
        let number = text::parse_line("/number", &draft.number, SEAT_NUMBER_LENGTH_MAX)?;
        let number = check_unique(numbers, number, "/number", "must not be the number of two seats of a row")?;
        let position = match (draft.x, draft.y) {
            (Some(x), Some(y)) if has_coordinates => parse_point(PointDraft { x, y })?,
            (None, None) if !has_coordinates => Point::default(),
            _ => return Err(Invalid::new("", "either all seats of a section must have x and y, or none")),
        };
        let attributes = parse_attributes(&draft.attributes)?;
        Ok(Seat { row: self.rows.len(), number, position, attributes })
    }

    /// Sets the positions of the last section's seats: from its origin, or else behind all previous seats.
    fn set_default_positions(
        &mut self,
        first_row: usize,
        first_seat: usize,
        origin: Option<Point>,
    ) -> Result<(), Invalid> {
        let last_y = self.seats[..first_seat].iter().map(|seat| seat.position.y).max();
        let behind_all = Point { x: 0, y: last_y.map_or(0, |y| y + ROW_PITCH + SECTION_GAP) };
        let Point { x: middle, mut y } = origin.unwrap_or(behind_all);
        for row in &self.rows[first_row..] {
            let seats = &mut self.seats[row.seats.clone()];
            let xs = row_xs(seats.iter().map(|seat| seat.attributes.has(Attribute::AisleAfter)));
            seats.iter_mut().zip(xs).for_each(|(seat, x)| seat.position = Point { x: middle + x, y });
            let in_range = |point: Point| point.x.abs() <= COORDINATE_MAX && point.y.abs() <= COORDINATE_MAX;
            if !seats.iter().all(|seat| in_range(seat.position)) {
                let detail = format!("lies farther out than {COORDINATE_MAX} centimetres: give it another origin");
                return Err(Invalid::new("", detail));
            }
            y += ROW_PITCH;
        }
        Ok(())
    }
}

/// Groups listed seats into rows, in the order in which the rows first occur.
fn group_by_row(seats: Vec<ListedSeat>) -> Vec<RowDraft> {
    let mut rows: Vec<RowDraft> = Vec::new();
    let mut row_by_label: HashMap<String, usize> = HashMap::new();
    for (index, listed) in seats.into_iter().enumerate() {
        let label = listed.row.trim().to_owned();
        let row = *row_by_label.entry(label).or_insert_with_key(|label| {
            rows.push(RowDraft { label: label.clone(), seats: Vec::new() });
            rows.len() - 1
        });
        rows[row].seats.push(SeatDraft { line: Some(index), ..listed.seat });
    }
    rows
}

/// Parent pointer and field of a name that several seats share: `field` at `pointer`, or if the seats have lines,
/// `line_field` in the line of the first seat.
fn pointer_to_name<'a>(
    line: Option<usize>,
    lines: &str,
    pointer: &str,
    line_field: &'a str,
    field: &'a str,
) -> (String, &'a str) {
    match line {
        Some(line) => (format!("{lines}/{line}"), line_field),
        None => (pointer.to_owned(), field),
    }
}

/// Shortens a pointer into the rows of a described section: in the request, `rows` is a text without members.
fn point_to_description(section_pointer: &str, invalid: Invalid) -> Invalid {
    let rows = format!("{section_pointer}/rows");
    if invalid.pointer.starts_with(&rows) { Invalid::new(rows, invalid.detail) } else { invalid }
}

fn parse_point(draft: PointDraft) -> Result<Point, Invalid> {
    Ok(Point { x: parse_coordinate("/x", draft.x)?, y: parse_coordinate("/y", draft.y)? })
}

fn check_unique(seen: &mut HashSet<String>, name: String, pointer: &str, detail: &str) -> Result<String, Invalid> {
    if seen.insert(name.clone()) { Ok(name) } else { Err(Invalid::new(pointer, detail)) }
}

fn parse_capacity(section_pointer: &str, capacity: i64) -> Result<Capacity, Invalid> {
    let out_of_range = || Invalid::new(format!("{section_pointer}/capacity"), format!("must be 0 to {CAPACITY_MAX}"));
    Capacity::new(capacity).ok_or_else(out_of_range)
}

fn parse_coordinate(pointer: &str, value: i64) -> Result<i32, Invalid> {
    let out_of_range = || Invalid::new(pointer, format!("must be -{COORDINATE_MAX} to {COORDINATE_MAX} centimetres"));
    let value = i32::try_from(value).ok();
    value.filter(|value| (-COORDINATE_MAX..=COORDINATE_MAX).contains(value)).ok_or_else(out_of_range)
}

fn parse_attributes(words: &[String]) -> Result<Attributes, Invalid> {
    let mut attributes = Attributes::NONE;
    for word in words {
        let unknown = || {
            let known = Attribute::ALL.map(Attribute::as_str).join(", ");
            Invalid::new("/attributes", format!("must be among {known}"))
        };
        attributes = attributes.including(Attribute::parse(word).ok_or_else(unknown)?);
    }
    Ok(attributes)
}
