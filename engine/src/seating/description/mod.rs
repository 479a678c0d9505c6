//! Compact description of a section's rows and seats.
//!
//! ```text
//! rows A-T, 1-40, aisle after 12 and 28
//! rows A-D, 1-30; rows E-T without I and O, 1-40, aisle after 12 and 28, accessible T1-T4, companion T5
//! rows A-Z and AA-CC, seats odd 39-1, even 2-40, aisle before 39, restricted view A39-A35 and A36-A40
//! rows 1-20, 1-24, accessible 1/11-14
//! ```
//!
//! Groups of rows are separated by semicolons and stand one behind the other, from front to back. A group has these
//! parts, in this order:
//!
//! 1. **`rows`** (or `row`) and their labels: labels and ranges of labels, joined by commas or `and`. Labels are
//!    letters or numbers. `A-T` and `1-20` are ranges; `AA-AC` is AA, AB, AC; `AA-CC` is AA, BB, CC, as usual in
//!    theatres. A range may be descending.
//! 2. Optional, directly after the rows: **`without`** and the rows of the ranges that do not exist, joined by `and`.
//! 3. **The seats** of each of these rows, from left to right when looking at the stage: numbers and ranges. `odd` and
//!    `even` select half of a range; `40-1` is descending. A list of several numbers or ranges begins with `seats`,
//!    `odd` or `even`; without such a word, the last entry of the list is the seats and the entries before it are rows.
//! 4. **Clauses**, whose lists are joined by commas or `and`; the comma before a clause may be omitted: `aisle after 12
//!    and 28`, `aisle before 1` (lists of numbers; seats on both sides of an aisle are not adjacent); `without I and O`
//!    (rows); `accessible T1-T4`, `companion T5`, `restricted view A1 and B1` (lists of seats: a row and a number, or a
//!    range within one row; if row labels are numbers, `12/1-4`).
//!
//! Seats get the default geometry of [`super::geometry`]. Keywords are not case-sensitive; labels are. An error has the
//! position of the character where it begins, from 1.

mod group;
mod parser;
mod ranges;
mod tokens;

use std::collections::HashSet;

use super::draft::RowDraft;
use super::layout::{ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, SEATS_PER_LAYOUT_MAX};
use crate::invalid::Invalid;
use parser::Parser;

/// Longest description, in characters.
pub const DESCRIPTION_LENGTH_MAX: usize = 2_000;

/// Parses the rows of a section, from front to back, without coordinates.
///
/// # Errors
/// The first error; its pointer is empty, and its detail has the position of the character.
pub fn parse(text: &str) -> Result<Vec<RowDraft>, Invalid> {
    if text.chars().count() > DESCRIPTION_LENGTH_MAX {
        return Err(Invalid::new("", format!("must have at most {DESCRIPTION_LENGTH_MAX} characters")));
    }
    let mut parser = Parser::new(text)?;
    let mut labels = HashSet::new();
    let (mut rows, mut seats) = (Vec::new(), 0);
    loop {
        let start = parser.character();
        let group = parser.group()?;
        seats += group.rows.len() * group.numbers.len();
        if rows.len() + group.rows.len() > ROWS_PER_SECTION_MAX || seats > SEATS_PER_LAYOUT_MAX {
            let detail = format!("more than {ROWS_PER_SECTION_MAX} rows, or {SEATS_PER_LAYOUT_MAX} seats");
            return Err(tokens::invalid_at(start, &detail));
        }
        for row in group.into_rows() {
            if row.label.chars().count() > ROW_LABEL_LENGTH_MAX {
                let detail = format!("row {} must have at most {ROW_LABEL_LENGTH_MAX} characters", row.label);
                return Err(tokens::invalid_at(start, &detail));
            }
            if !labels.insert(row.label.clone()) {
                return Err(tokens::invalid_at(start, &format!("row {} was described before", row.label)));
            }
            rows.push(row);
        }
        if !parser.next_group()? {
            return Ok(rows);
        }
    }
}
