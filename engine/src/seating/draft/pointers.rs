//! JSON pointers for errors in a section: to the place in the request where the client wrote the value.
//!
//! | the section has | error in a row's label | error in a seat's number |
//! | --- | --- | --- |
//! | rows with seats | `/sections/0/rows/3/label` | `/sections/0/rows/3/seats/2/number` |
//! | seats, each with its row | `/sections/0/seats/12/row` | `/sections/0/seats/12/number` |
//! | lines of CSV | `/lines/12/row` | `/lines/12/number` |
//! | a description | `/sections/0/rows` | `/sections/0/rows` |
//!
//! A list of seats or a CSV has no place of its own for a row, so an error in a row points to the row's first seat.

use super::{RowDraft, SectionDraft};
use crate::invalid::Invalid;

/// Form in which the seats of a section were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SeatSource {
    /// Rows with seats, or a description of them.
    Rows,
    /// A list of seats. [`super::SeatDraft::line`] is an index in it.
    Seats,
    /// CSV. [`super::SeatDraft::line`] is a line of it.
    Csv,
}

impl SeatSource {
    fn from_draft(draft: &SectionDraft) -> Self {
        if draft.seats.is_some() {
            return Self::Seats;
        }
        let first_row = draft.rows.iter().flatten().next();
        match first_row.and_then(first_line) {
            Some(_) => Self::Csv,
            None => Self::Rows,
        }
    }
}

/// Pointers into one section.
#[derive(Debug)]
pub(super) struct SectionPointers {
    /// Pointer to the section.
    section: String,
    source: SeatSource,
}

impl SectionPointers {
    /// Pointers into the section with this index.
    pub fn new(index: usize, draft: &SectionDraft) -> Self {
        Self { section: format!("/sections/{index}"), source: SeatSource::from_draft(draft) }
    }

    /// The section, for errors that concern all of it.
    pub fn section(&self) -> &str {
        &self.section
    }

    /// A member of the section.
    pub fn member(&self, name: &str) -> String {
        format!("{}/{name}", self.section)
    }

    /// The section's name. In CSV it is in the line of the section's first seat.
    pub fn section_name(&self, draft: &SectionDraft) -> String {
        let first_row = draft.rows.iter().flatten().next();
        match first_row.and_then(first_line) {
            Some(line) => format!("{}/section", self.line(line)),
            None => self.member("name"),
        }
    }

    /// All rows of the section.
    pub fn rows(&self) -> String {
        match self.source {
            SeatSource::Rows | SeatSource::Csv => self.member("rows"),
            SeatSource::Seats => self.member("seats"),
        }
    }

    /// The label of a row. `index` is the row's in the section.
    pub fn row_label(&self, index: usize, row: &RowDraft) -> String {
        match first_line(row) {
            Some(line) => format!("{}/row", self.line(line)),
            None => format!("{}/rows/{index}/label", self.section),
        }
    }

    /// All seats of a row.
    pub fn seats_of_row(&self, index: usize, row: &RowDraft) -> String {
        match first_line(row) {
            Some(line) => format!("{}/row", self.line(line)),
            None => format!("{}/rows/{index}/seats", self.section),
        }
    }

    /// A seat, by its line if it has one, or by its row and its index in the row.
    pub fn seat(&self, row: usize, seat: usize, line: Option<usize>) -> String {
        match line {
            Some(line) => self.line(line),
            None => format!("{}/rows/{row}/seats/{seat}", self.section),
        }
    }

    /// Changes a pointer to a described row or seat to the description: in the request, `rows` is a text without
    /// members.
    pub fn to_description(&self, invalid: Invalid) -> Invalid {
        let rows = self.rows();
        if invalid.pointer.starts_with(&rows) { Invalid::new(rows, invalid.detail) } else { invalid }
    }

    /// The place of a seat that has a line.
    fn line(&self, line: usize) -> String {
        match self.source {
            SeatSource::Seats => format!("{}/seats/{line}", self.section),
            SeatSource::Rows | SeatSource::Csv => format!("/lines/{line}"),
        }
    }
}

/// Line of the first seat of a row. `None` if the seats have no lines.
fn first_line(row: &RowDraft) -> Option<usize> {
    row.seats.first()?.line
}
