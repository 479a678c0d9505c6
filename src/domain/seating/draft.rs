//! A layout as somebody wrote it, unchecked, and the one place that checks it.
//!
//! A fault is named by a JSON pointer into the layout, such as `/sections/0/rows/3/label`; where seats are listed each by
//! itself, by its place in the list: `/sections/0/seats/12/number`; if the seat came from a line of CSV, by that line:
//! `/lines/12/number`.

use std::collections::{HashMap, HashSet};

use super::super::invalid::Invalid;
use super::super::quantity::{CAPACITY_MAX, Capacity};
use super::super::text;
use super::attributes::{Attribute, Attributes};
use super::description;
use super::geometry::{ROW_PITCH, SECTION_GAP, along_the_row};
use super::layout::{
    COORDINATE_MAX, Layout, Point, ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, Row, SEAT_NUMBER_LENGTH_MAX,
    SEATS_PER_LAYOUT_MAX, SEATS_PER_ROW_MAX, SECTION_NAME_LENGTH_MAX, SECTIONS_PER_LAYOUT_MAX, Seat, Section,
    SectionIndex, SectionKind,
};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayoutDraft {
    /// Absent: the middle of the front; of a venue that has a layout already, what that one has.
    pub focal_point: Option<PointDraft>,
    pub sections: Vec<SectionDraft>,
}

/// Centimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointDraft {
    pub x: i64,
    pub y: i64,
}

/// Has exactly one of capacity, description, rows and seats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionDraft {
    pub name: String,
    /// General admission: so many, and no seats.
    pub capacity: Option<i64>,
    /// See [`super::description`]. Requests call it rows, and so do faults.
    pub description: Option<String>,
    pub rows: Option<Vec<RowDraft>>,
    /// Each with its row. Rows stand in the order in which they first occur.
    pub seats: Option<Vec<ListedSeat>>,
    /// The middle of the first row, where the seats have no x and y of their own. Absent: behind the sections before.
    pub origin: Option<PointDraft>,
}

/// A seat that tells its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedSeat {
    pub row: String,
    pub seat: SeatDraft,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowDraft {
    pub label: String,
    pub seats: Vec<SeatDraft>,
}

/// Either all seats of a section have x and y, or none has: then they are drawn behind the sections before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatDraft {
    pub number: String,
    pub x: Option<i64>,
    pub y: Option<i64>,
    /// The words of [`Attribute`].
    pub attributes: Vec<String>,
    /// The line of CSV that it came from, from 1, or its place in a section's list of seats; faults name it.
    pub line: Option<usize>,
}

impl TryFrom<LayoutDraft> for Layout {
    type Error = Invalid;

    fn try_from(draft: LayoutDraft) -> Result<Self, Invalid> {
        if draft.sections.is_empty() || draft.sections.len() > SECTIONS_PER_LAYOUT_MAX {
            return Err(Invalid::new("/sections", format!("must be 1 to {SECTIONS_PER_LAYOUT_MAX}")));
        }
        let focal_point = draft.focal_point.map(point).transpose().map_err(|fault| fault.inside("/focal_point"))?;
        let mut builder = Builder::default();
        for (number, section) in draft.sections.into_iter().enumerate() {
            builder.add_section(number, section)?;
        }
        Ok(Self::of(focal_point, builder.sections, builder.rows, builder.seats))
    }
}

/// Where the sections of CSV have their seats from.
const CSV: &str = "/lines";

/// A section whose rows are being added.
struct Seating<'a> {
    section: SectionIndex,
    /// Of the section in the layout.
    place: &'a str,
    /// Of what its seats' lines count.
    lines: &'a str,
    origin: Option<Point>,
}

impl Seating<'_> {
    fn all_rows(&self) -> String {
        if self.lines == CSV { format!("{}/rows", self.place) } else { self.lines.to_owned() }
    }
}

/// What of the layout is checked so far.
#[derive(Default)]
struct Builder {
    names: HashSet<String>,
    sections: Vec<Section>,
    rows: Vec<Row>,
    seats: Vec<Seat>,
}

impl Builder {
    fn add_section(&mut self, number: usize, draft: SectionDraft) -> Result<(), Invalid> {
        let place = format!("/sections/{number}");
        let line = draft.rows.iter().flatten().flat_map(|row| &row.seats).find_map(|seat| seat.line);
        let (name_place, name_field) = named(line, CSV, &place, "/section", "/name");
        let name = text::line(name_field, &draft.name, SECTION_NAME_LENGTH_MAX)
            .and_then(|name| unique(&mut self.names, name, name_field, "must not be the name of two sections"))
            .map_err(|fault| fault.inside(&name_place))?;
        let origin = draft.origin.map(point).transpose();
        let origin = origin.map_err(|fault| fault.inside("/origin").inside(&place))?;
        let section = SectionIndex(u16::try_from(number).expect("SECTIONS_PER_LAYOUT_MAX are far fewer"));
        let of_rows = |lines| Seating { section, place: &place, lines, origin };
        let kind = match (draft.capacity, draft.description, draft.rows, draft.seats) {
            (Some(_), None, None, None) if origin.is_some() => {
                return Err(Invalid::new(place + "/origin", "must be absent: there are no seats to draw"));
            }
            (Some(capacity), None, None, None) => {
                SectionKind::GeneralAdmission { capacity: self::capacity(&place, capacity)? }
            }
            (None, Some(description), None, None) => {
                let of_description = |fault: Invalid| fault.inside("/rows").inside(&place);
                let rows = description::parse(&description).map_err(of_description)?;
                self.add_rows(&of_rows(CSV), rows).map_err(|fault| in_the_text(&place, fault))?
            }
            (None, None, Some(rows), None) => self.add_rows(&of_rows(CSV), rows)?,
            (None, None, None, Some(seats)) => self.add_rows(&of_rows(&format!("{place}/seats")), by_row(seats))?,
            _ => return Err(Invalid::new(place, "must have either seats, or rows, or a capacity")),
        };
        self.sections.push(Section { name, kind });
        Ok(())
    }

    fn add_rows(&mut self, seating: &Seating, rows: Vec<RowDraft>) -> Result<SectionKind, Invalid> {
        let place = seating.place;
        if rows.is_empty() || rows.len() > ROWS_PER_SECTION_MAX {
            let detail = format!("must be 1 to {ROWS_PER_SECTION_MAX} rows");
            return Err(Invalid::new(seating.all_rows(), detail));
        }
        let (first_row, first_seat) = (self.rows.len(), self.seats.len());
        let drawn = rows.iter().flat_map(|row| &row.seats).next().is_some_and(|seat| seat.x.is_some());
        if drawn && seating.origin.is_some() {
            return Err(Invalid::new(format!("{place}/origin"), "must be absent where seats have x and y"));
        }
        let mut labels = HashSet::new();
        for (number, row) in rows.into_iter().enumerate() {
            let place = format!("{place}/rows/{number}");
            let line = row.seats.first().and_then(|seat| seat.line);
            let (label_place, label_field) = named(line, seating.lines, &place, "/row", "/label");
            let label = text::line(label_field, &row.label, ROW_LABEL_LENGTH_MAX)
                .and_then(|label| unique(&mut labels, label, label_field, "must not be the label of two rows"))
                .map_err(|fault| fault.inside(&label_place))?;
            let first = self.seats.len();
            self.add_seats(seating, &place, row.seats, drawn)?;
            self.rows.push(Row { section: seating.section, label, seats: first..self.seats.len() });
        }
        if !drawn {
            self.draw(first_row, first_seat, seating.origin).map_err(|fault| fault.inside(place))?;
        }
        Ok(SectionKind::Seated { rows: first_row..self.rows.len() })
    }

    /// The seats of the next row.
    fn add_seats(&mut self, seating: &Seating, place: &str, seats: Vec<SeatDraft>, drawn: bool) -> Result<(), Invalid> {
        let line = seats.first().and_then(|seat| seat.line);
        let too_many = |detail: String| {
            let (place, field) = named(line, seating.lines, place, "/row", "/seats");
            Invalid::new(place + field, detail)
        };
        if seats.is_empty() || seats.len() > SEATS_PER_ROW_MAX {
            return Err(too_many(format!("a row must have 1 to {SEATS_PER_ROW_MAX} seats")));
        }
        if self.seats.len() + seats.len() > SEATS_PER_LAYOUT_MAX {
            return Err(too_many(format!("a layout must have at most {SEATS_PER_LAYOUT_MAX} seats")));
        }
        let mut numbers = HashSet::new();
        let mut aisle_before = false;
        for (at, draft) in seats.into_iter().enumerate() {
            let line = draft.line;
            let mut seat = self.seat(draft, &mut numbers, drawn).map_err(|fault| {
                let lines = seating.lines;
                fault.inside(&line.map_or_else(|| format!("{place}/seats/{at}"), |line| format!("{lines}/{line}")))
            })?;
            let aisle_after = seat.attributes.has(Attribute::AisleAfter);
            if aisle_before || aisle_after {
                seat.attributes = seat.attributes.with(Attribute::Aisle);
            }
            aisle_before = aisle_after;
            self.seats.push(seat);
        }
        Ok(())
    }

    fn seat(&self, draft: SeatDraft, numbers: &mut HashSet<String>, drawn: bool) -> Result<Seat, Invalid> {
        let number = text::line("/number", &draft.number, SEAT_NUMBER_LENGTH_MAX)?;
        let number = unique(numbers, number, "/number", "must not be the number of two seats of a row")?;
        let at = match (draft.x, draft.y) {
            (Some(x), Some(y)) if drawn => Point { x: coordinate("/x", x)?, y: coordinate("/y", y)? },
            (None, None) if !drawn => Point::default(),
            _ => return Err(Invalid::new("", "either all seats of a section must have x and y, or none")),
        };
        let attributes = attributes(&draft.attributes)?;
        Ok(Seat { row: self.rows.len(), number, at, attributes })
    }

    /// Gives the seats of the latest section their places: at its origin, or behind all others.
    fn draw(&mut self, first_row: usize, first_seat: usize, origin: Option<Point>) -> Result<(), Invalid> {
        let behind = self.seats[..first_seat].iter().map(|seat| seat.at.y).max();
        let behind = Point { x: 0, y: behind.map_or(0, |y| y + ROW_PITCH + SECTION_GAP) };
        let Point { x: middle, mut y } = origin.unwrap_or(behind);
        for row in &self.rows[first_row..] {
            let seats = &mut self.seats[row.seats.clone()];
            let along = along_the_row(seats.iter().map(|seat| seat.attributes.has(Attribute::AisleAfter)));
            seats.iter_mut().zip(along).for_each(|(seat, x)| seat.at = Point { x: middle + x, y });
            if seats.iter().any(|seat| !(seat.at.x.abs() <= COORDINATE_MAX && seat.at.y.abs() <= COORDINATE_MAX)) {
                let detail = format!("lies farther out than {COORDINATE_MAX} centimetres: give it another origin");
                return Err(Invalid::new("", detail));
            }
            y += ROW_PITCH;
        }
        Ok(())
    }
}

/// The rows of a list, in the order in which they first occur.
fn by_row(seats: Vec<ListedSeat>) -> Vec<RowDraft> {
    let mut rows: Vec<RowDraft> = Vec::new();
    let mut by_label: HashMap<String, usize> = HashMap::new();
    for (line, listed) in seats.into_iter().enumerate() {
        let label = listed.row.trim().to_owned();
        let row = *by_label.entry(label).or_insert_with_key(|label| {
            rows.push(RowDraft { label: label.clone(), seats: Vec::new() });
            rows.len() - 1
        });
        rows[row].seats.push(SeatDraft { line: Some(line), ..listed.seat });
    }
    rows
}

/// Where a name of several seats stands, and what it is called there: in the JSON, or at the first seat that has it.
fn named<'a>(line: Option<usize>, lines: &str, json: &str, listed: &'a str, in_json: &'a str) -> (String, &'a str) {
    line.map_or_else(|| (json.to_owned(), in_json), |line| (format!("{lines}/{line}"), listed))
}

/// Where rows are described, requests have a text: nothing in it has a place of its own.
fn in_the_text(place: &str, fault: Invalid) -> Invalid {
    let text = format!("{place}/rows");
    if fault.pointer.starts_with(&text) { Invalid::new(text, fault.detail) } else { fault }
}

fn point(draft: PointDraft) -> Result<Point, Invalid> {
    Ok(Point { x: coordinate("/x", draft.x)?, y: coordinate("/y", draft.y)? })
}

fn unique(seen: &mut HashSet<String>, name: String, pointer: &str, twice: &str) -> Result<String, Invalid> {
    if seen.insert(name.clone()) { Ok(name) } else { Err(Invalid::new(pointer, twice)) }
}

fn capacity(place: &str, capacity: i64) -> Result<Capacity, Invalid> {
    let wrong = || Invalid::new(format!("{place}/capacity"), format!("must be 0 to {CAPACITY_MAX}"));
    Capacity::new(capacity).ok_or_else(wrong)
}

fn coordinate(pointer: &str, value: i64) -> Result<i32, Invalid> {
    let wrong = || Invalid::new(pointer, format!("must be -{COORDINATE_MAX} to {COORDINATE_MAX} centimetres"));
    let value = i32::try_from(value).ok();
    value.filter(|value| (-COORDINATE_MAX..=COORDINATE_MAX).contains(value)).ok_or_else(wrong)
}

fn attributes(words: &[String]) -> Result<Attributes, Invalid> {
    let wrong = || {
        let words = Attribute::ALL.map(Attribute::as_str).join(", ");
        Invalid::new("/attributes", format!("must be among {words}"))
    };
    let parsed = words.iter().map(|word| Attribute::parse(word).ok_or_else(wrong));
    parsed.into_iter().try_fold(Attributes::NONE, |set, attribute| Ok(set.with(attribute?)))
}
