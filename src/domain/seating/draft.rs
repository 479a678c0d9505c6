//! A layout as somebody wrote it, unchecked, and the one place that checks it.
//!
//! A fault is named by a JSON pointer into the layout, such as `/sections/0/rows/3/label`; if the seat came from a line of
//! CSV, by that line: `/lines/12/number`.

use std::collections::HashSet;

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
    /// Absent: the middle of the front.
    pub focal_point: Option<PointDraft>,
    pub sections: Vec<SectionDraft>,
}

/// Centimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointDraft {
    pub x: i64,
    pub y: i64,
}

/// Has exactly one of capacity, description and rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionDraft {
    pub name: String,
    /// General admission: so many, and no seats.
    pub capacity: Option<i64>,
    /// See [`super::description`].
    pub description: Option<String>,
    pub rows: Option<Vec<RowDraft>>,
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
    /// The line of CSV that it came from, from 1; faults name it.
    pub line: Option<usize>,
}

impl TryFrom<LayoutDraft> for Layout {
    type Error = Invalid;

    fn try_from(draft: LayoutDraft) -> Result<Self, Invalid> {
        if draft.sections.is_empty() || draft.sections.len() > SECTIONS_PER_LAYOUT_MAX {
            return Err(Invalid::new("/sections", format!("must be 1 to {SECTIONS_PER_LAYOUT_MAX}")));
        }
        let focal_point = draft.focal_point.map(focal_point).transpose()?;
        let mut builder = Builder::default();
        for (number, section) in draft.sections.into_iter().enumerate() {
            builder.add_section(number, section)?;
        }
        Ok(Self::of(focal_point, builder.sections, builder.rows, builder.seats))
    }
}

fn focal_point(draft: PointDraft) -> Result<Point, Invalid> {
    let of_focal_point = |fault: Invalid| fault.inside("/focal_point");
    let x = coordinate("/x", draft.x).map_err(of_focal_point)?;
    let y = coordinate("/y", draft.y).map_err(of_focal_point)?;
    Ok(Point { x, y })
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
        let (name_place, name_field) = named(line, &place, "/section", "/name");
        let name = text::line(name_field, &draft.name, SECTION_NAME_LENGTH_MAX)
            .and_then(|name| unique(&mut self.names, name, name_field, "must not be the name of two sections"))
            .map_err(|fault| fault.inside(&name_place))?;
        let kind = match (draft.capacity, draft.description, draft.rows) {
            (Some(capacity), None, None) => {
                SectionKind::GeneralAdmission { capacity: self::capacity(&place, capacity)? }
            }
            (None, Some(description), None) => {
                let of_description = |fault: Invalid| fault.inside("/description").inside(&place);
                self.add_rows(number, &place, description::parse(&description).map_err(of_description)?)?
            }
            (None, None, Some(rows)) => self.add_rows(number, &place, rows)?,
            _ => return Err(Invalid::new(place, "must have either rows, or a description, or a capacity")),
        };
        self.sections.push(Section { name, kind });
        Ok(())
    }

    fn add_rows(&mut self, section: usize, place: &str, rows: Vec<RowDraft>) -> Result<SectionKind, Invalid> {
        if rows.is_empty() || rows.len() > ROWS_PER_SECTION_MAX {
            return Err(Invalid::new(format!("{place}/rows"), format!("must be 1 to {ROWS_PER_SECTION_MAX}")));
        }
        let section = SectionIndex(u16::try_from(section).expect("SECTIONS_PER_LAYOUT_MAX are far fewer"));
        let (first_row, first_seat) = (self.rows.len(), self.seats.len());
        let drawn = rows.iter().flat_map(|row| &row.seats).next().is_some_and(|seat| seat.x.is_some());
        let mut labels = HashSet::new();
        for (number, row) in rows.into_iter().enumerate() {
            let place = format!("{place}/rows/{number}");
            let (label_place, label_field) =
                named(row.seats.first().and_then(|seat| seat.line), &place, "/row", "/label");
            let label = text::line(label_field, &row.label, ROW_LABEL_LENGTH_MAX)
                .and_then(|label| unique(&mut labels, label, label_field, "must not be the label of two rows"))
                .map_err(|fault| fault.inside(&label_place))?;
            let first = self.seats.len();
            self.add_seats(&place, row.seats, drawn)?;
            self.rows.push(Row { section, label, seats: first..self.seats.len() });
        }
        if !drawn {
            self.draw(first_row, first_seat).map_err(|fault| fault.inside(place))?;
        }
        Ok(SectionKind::Seated { rows: first_row..self.rows.len() })
    }

    /// The seats of the next row.
    fn add_seats(&mut self, place: &str, seats: Vec<SeatDraft>, drawn: bool) -> Result<(), Invalid> {
        if seats.is_empty() || seats.len() > SEATS_PER_ROW_MAX {
            return Err(Invalid::new(format!("{place}/seats"), format!("must be 1 to {SEATS_PER_ROW_MAX}")));
        }
        if self.seats.len() + seats.len() > SEATS_PER_LAYOUT_MAX {
            let detail = format!("a layout must have at most {SEATS_PER_LAYOUT_MAX} seats");
            return Err(Invalid::new(format!("{place}/seats"), detail));
        }
        let mut numbers = HashSet::new();
        let mut aisle_before = false;
        for (at, draft) in seats.into_iter().enumerate() {
            let line = draft.line;
            let mut seat = self.seat(draft, &mut numbers, drawn).map_err(|fault| {
                fault.inside(&line.map_or_else(|| format!("{place}/seats/{at}"), |line| format!("/lines/{line}")))
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

    /// Gives the seats of the latest section their places, behind all others.
    fn draw(&mut self, first_row: usize, first_seat: usize) -> Result<(), Invalid> {
        let behind = self.seats[..first_seat].iter().map(|seat| seat.at.y).max();
        let mut y = behind.map_or(0, |y| y + ROW_PITCH + SECTION_GAP);
        for row in &self.rows[first_row..] {
            if y > COORDINATE_MAX {
                return Err(Invalid::new("", "lies too far behind the other sections: give its seats x and y"));
            }
            let seats = &mut self.seats[row.seats.clone()];
            let along = along_the_row(seats.iter().map(|seat| seat.attributes.has(Attribute::AisleAfter)));
            seats.iter_mut().zip(along).for_each(|(seat, x)| seat.at = Point { x, y });
            y += ROW_PITCH;
        }
        Ok(())
    }
}

/// Where a name of several seats stands, and what it is called there: in the JSON, or on the first line that has it.
fn named<'a>(line: Option<usize>, json: &str, in_csv: &'a str, in_json: &'a str) -> (String, &'a str) {
    line.map_or_else(|| (json.to_owned(), in_json), |line| (format!("/lines/{line}"), in_csv))
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
