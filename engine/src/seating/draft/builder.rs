//! Validation of a layout section by section, row by row and seat by seat.

use std::collections::{HashMap, HashSet};

use super::super::attributes::{Attribute, Attributes};
use super::super::description;
use super::super::geometry::{ROW_PITCH, SECTION_GAP, row_xs};
use super::super::layout::{
    COORDINATE_MAX, Layout, Point, ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, Row, SEAT_NUMBER_LENGTH_MAX,
    SEATS_PER_LAYOUT_MAX, SEATS_PER_ROW_MAX, SECTION_NAME_LENGTH_MAX, Seat, Section, SectionIndex, SectionKind,
};
use super::pointers::SectionPointers;
use super::{ListedSeat, PointDraft, RowDraft, SeatDraft, SectionDraft, parse_optional_point, parse_point};
use crate::invalid::Invalid;
use crate::quantity::{CAPACITY_MAX, Capacity};
use crate::text;

/// The part of the layout that is validated so far.
#[derive(Default)]
pub(super) struct LayoutBuilder {
    section_names: HashSet<String>,
    sections: Vec<Section>,
    rows: Vec<Row>,
    seats: Vec<Seat>,
}

/// The section whose rows are being added.
struct SectionContext<'a> {
    index: SectionIndex,
    pointers: &'a SectionPointers,
    /// See [`SectionDraft::origin`].
    origin: Option<Point>,
}

/// The row whose seats are being added.
struct RowContext<'a> {
    pointers: &'a SectionPointers,
    /// Index of the row in its section.
    index: usize,
    /// Whether the seats of the section have coordinates.
    has_coordinates: bool,
}

impl LayoutBuilder {
    /// The finished layout. See [`super::LayoutDraft::focal_point`].
    pub fn build(self, focal_point: Option<Point>) -> Layout {
        Layout::new(focal_point, self.sections, self.rows, self.seats)
    }

    /// Adds the next section.
    ///
    /// # Errors
    /// The first invalid field; its pointer begins at the layout.
    pub fn add_section(&mut self, index: usize, draft: SectionDraft) -> Result<(), Invalid> {
        let pointers = SectionPointers::new(index, &draft);
        let name = self.parse_section_name(&pointers, &draft)?;
        let origin = parse_optional_point(&pointers.member("origin"), draft.origin)?;
        let index = SectionIndex(u16::try_from(index).expect("SECTIONS_PER_LAYOUT_MAX fits u16"));
        let context = SectionContext { index, pointers: &pointers, origin };
        let kind = match (draft.capacity, draft.description, draft.rows, draft.seats) {
            (Some(capacity), None, None, None) => parse_general_admission(&context, capacity)?,
            (None, Some(description), None, None) => self.add_described_rows(&context, &description)?,
            (None, None, Some(rows), None) => self.add_rows(&context, rows)?,
            (None, None, None, Some(seats)) => self.add_rows(&context, group_by_row(seats))?,
            _ => return Err(Invalid::new(pointers.section(), "must have either seats, or rows, or a capacity")),
        };
        self.sections.push(Section { name, kind });
        Ok(())
    }

    fn parse_section_name(&mut self, pointers: &SectionPointers, draft: &SectionDraft) -> Result<String, Invalid> {
        let pointer = pointers.section_name(draft);
        let name = text::parse_line(&pointer, &draft.name, SECTION_NAME_LENGTH_MAX)?;
        check_unique(&mut self.section_names, &name, &pointer, "must not be the name of two sections")?;
        Ok(name)
    }

    fn add_described_rows(&mut self, context: &SectionContext, description: &str) -> Result<SectionKind, Invalid> {
        let pointers = context.pointers;
        let rows = description::parse(description).map_err(|invalid| invalid.with_parent(&pointers.rows()))?;
        self.add_rows(context, rows).map_err(|invalid| pointers.to_description(invalid))
    }

    /// Adds all rows of a section with their seats.
    fn add_rows(&mut self, context: &SectionContext, rows: Vec<RowDraft>) -> Result<SectionKind, Invalid> {
        let pointers = context.pointers;
        if rows.is_empty() || rows.len() > ROWS_PER_SECTION_MAX {
            let detail = format!("must be 1 to {ROWS_PER_SECTION_MAX} rows");
            return Err(Invalid::new(pointers.rows(), detail));
        }
        // The first seat decides; `parse_seat` refuses a seat that differs.
        let first_seat = rows.iter().flat_map(|row| &row.seats).next();
        let has_coordinates = first_seat.is_some_and(|seat| seat.x.is_some());
        if has_coordinates && context.origin.is_some() {
            return Err(Invalid::new(pointers.member("origin"), "must be absent where seats have x and y"));
        }

        let first_row = self.rows.len();
        let mut labels = HashSet::new();
        for (index, draft) in rows.into_iter().enumerate() {
            let label_pointer = pointers.row_label(index, &draft);
            let label = text::parse_line(&label_pointer, &draft.label, ROW_LABEL_LENGTH_MAX)?;
            check_unique(&mut labels, &label, &label_pointer, "must not be the label of two rows")?;
            let first_seat = self.seats.len();
            self.add_seats(&RowContext { pointers, index, has_coordinates }, draft)?;
            self.rows.push(Row { section: context.index, label, seats: first_seat..self.seats.len() });
        }
        if !has_coordinates {
            self.set_default_positions(first_row, context.origin)
                .map_err(|invalid| invalid.with_parent(pointers.section()))?;
        }
        Ok(SectionKind::Seated { rows: first_row..self.rows.len() })
    }

    /// Adds the seats of the next row.
    fn add_seats(&mut self, context: &RowContext, row: RowDraft) -> Result<(), Invalid> {
        let pointers = context.pointers;
        if row.seats.is_empty() || row.seats.len() > SEATS_PER_ROW_MAX {
            let detail = format!("a row must have 1 to {SEATS_PER_ROW_MAX} seats");
            return Err(Invalid::new(pointers.seats_of_row(context.index, &row), detail));
        }
        if self.seats.len() + row.seats.len() > SEATS_PER_LAYOUT_MAX {
            let detail = format!("a layout must have at most {SEATS_PER_LAYOUT_MAX} seats");
            return Err(Invalid::new(pointers.seats_of_row(context.index, &row), detail));
        }
        let mut numbers = HashSet::new();
        let mut aisle_before = false;
        for (index, draft) in row.seats.into_iter().enumerate() {
            let line = draft.line;
            let mut seat = self
                .parse_seat(draft, &mut numbers, context.has_coordinates)
                .map_err(|invalid| invalid.with_parent(&pointers.seat(context.index, index, line)))?;
            let aisle_after = seat.attributes.has(Attribute::AisleAfter);
            if aisle_before || aisle_after {
                seat.attributes = seat.attributes.including(Attribute::Aisle);
            }
            aisle_before = aisle_after;
            self.seats.push(seat);
        }
        Ok(())
    }

    /// Parses a seat of the next row. The pointer of an error begins at the seat. `numbers` are those of the row's
    /// previous seats.
    fn parse_seat(
        &self,
        draft: SeatDraft,
        numbers: &mut HashSet<String>,
        has_coordinates: bool,
    ) -> Result<Seat, Invalid> {
        let number = text::parse_line("/number", &draft.number, SEAT_NUMBER_LENGTH_MAX)?;
        check_unique(numbers, &number, "/number", "must not be the number of two seats of a row")?;
        let position = match (draft.x, draft.y) {
            (Some(x), Some(y)) if has_coordinates => parse_point(PointDraft { x, y })?,
            (None, None) if !has_coordinates => Point::default(),
            _ => return Err(Invalid::new("", "either all seats of a section must have x and y, or none")),
        };
        let attributes = parse_attributes(&draft.attributes)?;
        Ok(Seat { row: self.rows.len(), number, position, attributes })
    }

    /// Sets the positions of the last section's seats: from its origin, or else behind all previous seats.
    fn set_default_positions(&mut self, first_row: usize, origin: Option<Point>) -> Result<(), Invalid> {
        let origin = origin.unwrap_or_else(|| self.origin_behind_rows(first_row));
        let mut y = origin.y;
        for row in &self.rows[first_row..] {
            let seats = &mut self.seats[row.seats.clone()];
            let xs = row_xs(seats.iter().map(|seat| seat.attributes.has(Attribute::AisleAfter)));
            for (seat, x) in seats.iter_mut().zip(xs) {
                seat.position = Point { x: origin.x + x, y };
                if seat.position.x.abs() > COORDINATE_MAX || y.abs() > COORDINATE_MAX {
                    let detail = format!("lies farther out than {COORDINATE_MAX} centimetres: give it another origin");
                    return Err(Invalid::new("", detail));
                }
            }
            y += ROW_PITCH;
        }
        Ok(())
    }

    /// Origin of a section behind all seats of the rows before `first_row`.
    fn origin_behind_rows(&self, first_row: usize) -> Point {
        let previous_rows = &self.rows[..first_row];
        let previous_seats = previous_rows.last().map_or(0, |row| row.seats.end);
        let last_y = self.seats[..previous_seats].iter().map(|seat| seat.position.y).max();
        Point { x: 0, y: last_y.map_or(0, |y| y + ROW_PITCH + SECTION_GAP) }
    }
}

fn parse_general_admission(context: &SectionContext, capacity: i64) -> Result<SectionKind, Invalid> {
    let pointers = context.pointers;
    if context.origin.is_some() {
        return Err(Invalid::new(pointers.member("origin"), "must be absent: the section has no seats"));
    }
    match Capacity::new(capacity) {
        Some(capacity) => Ok(SectionKind::GeneralAdmission { capacity }),
        None => Err(Invalid::new(pointers.member("capacity"), format!("must be 0 to {CAPACITY_MAX}"))),
    }
}

/// Groups listed seats into rows, in the order in which the rows first occur. For example, the rows of the seats A1, B1
/// and A2 are A with the seats 1 and 2, and B with the seat 1.
fn group_by_row(seats: Vec<ListedSeat>) -> Vec<RowDraft> {
    let mut rows: Vec<RowDraft> = Vec::new();
    let mut row_by_label: HashMap<String, usize> = HashMap::new();
    for (index, listed) in seats.into_iter().enumerate() {
        let label = listed.row.trim();
        let row = match row_by_label.get(label) {
            Some(row) => *row,
            None => {
                rows.push(RowDraft { label: label.to_owned(), seats: Vec::new() });
                row_by_label.insert(label.to_owned(), rows.len() - 1);
                rows.len() - 1
            }
        };
        rows[row].seats.push(SeatDraft { line: Some(index), ..listed.seat });
    }
    rows
}

/// Adds a name to those seen before; an error at `pointer` if it is among them.
fn check_unique(seen: &mut HashSet<String>, name: &str, pointer: &str, detail: &str) -> Result<(), Invalid> {
    if seen.insert(name.to_owned()) { Ok(()) } else { Err(Invalid::new(pointer, detail)) }
}

fn parse_attributes(words: &[String]) -> Result<Attributes, Invalid> {
    let mut attributes = Attributes::NONE;
    for word in words {
        let Some(attribute) = Attribute::parse(word) else {
            let known = Attribute::ALL.map(Attribute::as_str).join(", ");
            return Err(Invalid::new("/attributes", format!("must be among {known}")));
        };
        attributes = attributes.including(attribute);
    }
    Ok(attributes)
}
