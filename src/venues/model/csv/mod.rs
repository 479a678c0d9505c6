//! Seats from CSV (RFC 4180): a header, then a line for each seat, from front to back and from left to right.
//!
//! ```text
//! section,row,number,x,y,attributes
//! Stalls,A,1,-110,0,aisle
//! Stalls,A,2,-55,0,accessible aisle_after
//! "Balcony, left",AA,1,,,
//! ```
//!
//! The columns `section`, `row` and `number` are required; columns can be in any order; unknown columns are refused. A
//! section without x and y gets default coordinates. Attributes are the words of [`boxoffice_engine::seating::attributes`], separated by
//! blanks or semicolons. Sections and rows are in the order in which they first occur. An error has a pointer with the
//! line on which the seat's record begins: `/lines/12/x`.

mod records;

use std::collections::HashMap;

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::seating::SEATS_PER_LAYOUT_MAX;
use boxoffice_engine::seating::{RowDraft, SeatDraft, SectionDraft};
use records::{Record, Records};

const COLUMNS: [&str; 6] = ["section", "row", "number", "x", "y", "attributes"];
/// Number of required columns, the first of [`COLUMNS`].
const COLUMNS_REQUIRED: usize = 3;

/// Parses the seated sections of a layout. General admission sections have no seats to list.
///
/// # Errors
/// The first error, with a pointer to the line.
pub fn parse(text: &str) -> Result<Vec<SectionDraft>, Invalid> {
    let mut records = Records::new(text.trim_start_matches('\u{feff}'));
    let (mut header, mut record) = (Record::default(), Record::default());
    if !records.read(&mut header)? {
        return Err(Invalid::new("/lines/1", "must be the header"));
    }
    let columns = find_columns(&header)?;
    let mut sheet = Sheet::default();
    let mut count = 0;
    while records.read(&mut record)? {
        let pointer = format!("/lines/{}", record.line);
        count += 1;
        if count > SEATS_PER_LAYOUT_MAX {
            return Err(Invalid::new(pointer, format!("a layout must have at most {SEATS_PER_LAYOUT_MAX} seats")));
        }
        if record.cells.len() != header.cells.len() {
            let detail = format!("has {} columns, the header has {}", record.cells.len(), header.cells.len());
            return Err(Invalid::new(pointer, detail));
        }
        sheet.add(&columns, &record).map_err(|invalid| invalid.with_parent(&pointer))?;
    }
    if sheet.sections.is_empty() {
        return Err(Invalid::new(format!("/lines/{}", header.line), "must be followed by a line for each seat"));
    }
    Ok(sheet.sections)
}

/// Position of each of [`COLUMNS`] in a record.
fn find_columns(header: &Record) -> Result<[Option<usize>; COLUMNS.len()], Invalid> {
    let mut columns = [None; COLUMNS.len()];
    for (position, name) in header.cells.iter().enumerate() {
        let invalid = |detail: String| Invalid::new(format!("/lines/{}", header.line), detail);
        let known = COLUMNS.iter().position(|column| *column == name.trim().to_lowercase());
        let known = known
            .ok_or_else(|| invalid(format!("the columns must be {}, not {:?}", COLUMNS.join(","), name.trim())))?;
        if columns[known].replace(position).is_some() {
            return Err(invalid(format!("the column {} must occur once", COLUMNS[known])));
        }
    }
    match columns[..COLUMNS_REQUIRED].iter().position(Option::is_none) {
        None => Ok(columns),
        Some(missing) => {
            Err(Invalid::new(format!("/lines/{}", header.line), format!("lacks the column {}", COLUMNS[missing])))
        }
    }
}

/// Sections read so far, with the index of each section and row.
#[derive(Default)]
struct Sheet {
    sections: Vec<SectionDraft>,
    section_by_name: HashMap<String, usize>,
    /// Key: index of the section, and label.
    row_by_label: HashMap<(usize, String), usize>,
}

impl Sheet {
    /// Adds the seat of a record.
    fn add(&mut self, columns: &[Option<usize>; COLUMNS.len()], record: &Record) -> Result<(), Invalid> {
        let cell = |column: Option<usize>| column.and_then(|position| record.cells.get(position)).unwrap_or_default();
        let [section, row, number, x, y, attributes] = columns.map(cell);
        let words = attributes
            .split(|character: char| character == ';' || character.is_whitespace())
            .filter(|word| !word.is_empty());
        let seat = SeatDraft {
            number: number.to_owned(),
            x: parse_coordinate("/x", x)?,
            y: parse_coordinate("/y", y)?,
            attributes: words.map(str::to_owned).collect(),
            line: Some(record.line),
        };
        let (section, row) = (section.trim().to_owned(), row.trim().to_owned());
        let sections = &mut self.sections;
        let section = *self.section_by_name.entry(section.clone()).or_insert_with(|| {
            sections.push(SectionDraft { name: section, rows: Some(Vec::new()), ..SectionDraft::default() });
            sections.len() - 1
        });
        let rows = self.sections[section].rows.get_or_insert_default();
        let row = *self.row_by_label.entry((section, row.clone())).or_insert_with(|| {
            rows.push(RowDraft { label: row, seats: Vec::new() });
            rows.len() - 1
        });
        rows[row].seats.push(seat);
        Ok(())
    }
}

fn parse_coordinate(pointer: &str, text: &str) -> Result<Option<i64>, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let not_a_number = |_| Invalid::new(pointer, "must be a whole number of centimetres, such as -55");
    text.parse().map(Some).map_err(not_a_number)
}
