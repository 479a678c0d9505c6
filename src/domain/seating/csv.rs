//! Seats from CSV (RFC 4180): a header, then a line for each seat, from front to back and from left to right.
//!
//! ```text
//! section,row,number,x,y,attributes
//! Stalls,A,1,-110,0,aisle
//! Stalls,A,2,-55,0,accessible aisle_after
//! "Balcony, left",AA,1,,,
//! ```
//!
//! `section`, `row` and `number` must be there, in any order; unknown columns are refused. Where a section has no x and y it
//! is drawn. Attributes are the words of [`super::attributes`], separated by blanks or semicolons. Sections and rows stand in
//! the order in which they first occur. Faults are named by the line where the seat's record begins: `/lines/12/x`.

mod records;

use std::collections::HashMap;

use super::super::invalid::Invalid;
use super::draft::{RowDraft, SeatDraft, SectionDraft};
use super::layout::SEATS_PER_LAYOUT_MAX;
use records::{Record, records};

const COLUMNS: [&str; 6] = ["section", "row", "number", "x", "y", "attributes"];
/// The first of them.
const COLUMNS_NEEDED: usize = 3;

/// The seated sections; general admission has no seats to list.
pub fn parse(text: &str) -> Result<Vec<SectionDraft>, Invalid> {
    let mut records = records(text.trim_start_matches('\u{feff}'));
    let header = records.next().ok_or_else(|| Invalid::new("/lines/1", "must be the header"))??;
    let columns = columns(&header)?;
    let mut sheet = Sheet::default();
    for (count, record) in records.enumerate() {
        let record = record?;
        let place = format!("/lines/{}", record.line);
        if count == SEATS_PER_LAYOUT_MAX {
            return Err(Invalid::new(place, format!("a layout must have at most {SEATS_PER_LAYOUT_MAX} seats")));
        }
        if record.cells.len() != header.cells.len() {
            let detail = format!("has {} columns, the header has {}", record.cells.len(), header.cells.len());
            return Err(Invalid::new(place, detail));
        }
        sheet.add(&columns, record).map_err(|fault| fault.inside(&place))?;
    }
    if sheet.sections.is_empty() {
        return Err(Invalid::new(format!("/lines/{}", header.line), "must be followed by a line for each seat"));
    }
    Ok(sheet.sections)
}

/// Where each of [`COLUMNS`] is in a record.
fn columns(header: &Record) -> Result<[Option<usize>; COLUMNS.len()], Invalid> {
    let mut columns = [None; COLUMNS.len()];
    for (at, name) in header.cells.iter().enumerate() {
        let wrong = |detail: String| Invalid::new(format!("/lines/{}", header.line), detail);
        let known = COLUMNS.iter().position(|column| *column == name.trim().to_lowercase());
        let known =
            known.ok_or_else(|| wrong(format!("the columns must be {}, not {:?}", COLUMNS.join(","), name.trim())))?;
        if columns[known].replace(at).is_some() {
            return Err(wrong(format!("the column {} must be there once", COLUMNS[known])));
        }
    }
    match columns[..COLUMNS_NEEDED].iter().position(Option::is_none) {
        None => Ok(columns),
        Some(missing) => {
            Err(Invalid::new(format!("/lines/{}", header.line), format!("lacks the column {}", COLUMNS[missing])))
        }
    }
}

/// The sections so far, and where in them each name is.
#[derive(Default)]
struct Sheet {
    sections: Vec<SectionDraft>,
    by_name: HashMap<String, usize>,
    by_label: HashMap<(usize, String), usize>,
}

impl Sheet {
    fn add(&mut self, columns: &[Option<usize>; COLUMNS.len()], record: Record) -> Result<(), Invalid> {
        let line = record.line;
        let mut cells = record.cells;
        let [section, row, number, x, y, attributes] =
            columns.map(|column| column.map(|at| std::mem::take(&mut cells[at])).unwrap_or_default());
        let words = attributes.split(|mark: char| mark == ';' || mark.is_whitespace()).filter(|word| !word.is_empty());
        let seat = SeatDraft {
            number,
            x: coordinate("/x", &x)?,
            y: coordinate("/y", &y)?,
            attributes: words.map(str::to_owned).collect(),
            line: Some(line),
        };
        let (section, row) = (section.trim().to_owned(), row.trim().to_owned());
        let sections = &mut self.sections;
        let section = *self.by_name.entry(section.clone()).or_insert_with(|| {
            sections.push(SectionDraft { name: section, rows: Some(Vec::new()), ..SectionDraft::default() });
            sections.len() - 1
        });
        let rows = self.sections[section].rows.get_or_insert_default();
        let row = *self.by_label.entry((section, row.clone())).or_insert_with(|| {
            rows.push(RowDraft { label: row, seats: Vec::new() });
            rows.len() - 1
        });
        rows[row].seats.push(seat);
        Ok(())
    }
}

fn coordinate(pointer: &str, text: &str) -> Result<Option<i64>, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| Invalid::new(pointer, "must be a whole number of centimetres, such as -55");
    text.parse().map(Some).map_err(wrong)
}
