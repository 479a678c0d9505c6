//! The compact description of a section: what a event_seats manager would say on the telephone.
//!
//! ```text
//! rows A-T, 1-40, aisle after 12 and 28
//! rows A-D, 1-30; rows E-T without I and O, 1-40, aisle after 12 and 28, accessible T1-T4, companion T5
//! rows A-Z and AA-CC, seats odd 39-1, even 2-40, aisle before 39, restricted view A39-A35 and A36-A40
//! rows 1-20, 1-24, accessible 1/11-14
//! ```
//!
//! Groups of rows are separated by semicolons and stand one behind the other, from the front. Each says, in this order:
//!
//! 1. **`rows`** (or `row`) and what they are called: labels and ranges of them, joined by commas or `and`. Labels are
//!    letters or numbers. `A-T` and `1-20` count; `AA-AC` is AA, AB, AC; `AA-CC` is AA, BB, CC, as theatres have it. A range
//!    may run backwards.
//! 2. Directly after the rows, if wanted, **`without`** and the rows of the ranges that do not exist, joined by `and`.
//! 3. **The seats** of each of these rows, from left to right as one looks at the stage: numbers and ranges. `odd` and
//!    `even` take half of a range; `40-1` runs backwards. With more than one, or to be clear, they begin with `seats`; else the
//!    last of the list is the seats, and what comes before it is rows.
//! 4. **Clauses**, with lists joined by commas or `and`; the comma before a clause may be left out:
//!    `aisle after 12 and 28`, `aisle before 1` (of numbers; seats on both sides of an aisle are no neighbours);
//!    `without I and O`; `accessible T1-T4`, `companion T5`, `restricted view A1 and B1` (of seats: a row and a number, a range
//!    within one row; where rows are numbers, `12/1-4`).
//!
//! Rows are one pitch apart, seats too, an aisle adds its width, and rows are centred: see [`super::geometry`].
//! Keywords may be in capitals; labels are taken as they are. A fault is told with the character where it begins, from 1.

mod group;
mod parser;
mod ranges;
mod tokens;

use std::collections::HashSet;

use super::super::invalid::Invalid;
use super::draft::RowDraft;
use super::layout::{ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, SEATS_PER_LAYOUT_MAX};
use parser::Parser;

/// In characters.
pub const DESCRIPTION_LENGTH_MAX: usize = 2_000;

/// The rows of a section, from front to back, without coordinates. Faults have no place of their own but a character.
pub fn parse(text: &str) -> Result<Vec<RowDraft>, Invalid> {
    if text.chars().count() > DESCRIPTION_LENGTH_MAX {
        return Err(Invalid::new("", format!("must have at most {DESCRIPTION_LENGTH_MAX} characters")));
    }
    let mut parser = Parser::new(text)?;
    let mut labels = HashSet::new();
    let (mut rows, mut seats) = (Vec::new(), 0);
    loop {
        let begins = parser.character();
        let group = parser.group()?;
        seats += group.rows.len() * group.numbers.len();
        if rows.len() + group.rows.len() > ROWS_PER_SECTION_MAX || seats > SEATS_PER_LAYOUT_MAX {
            let detail = format!("more than {ROWS_PER_SECTION_MAX} rows, or {SEATS_PER_LAYOUT_MAX} seats");
            return Err(tokens::fault(begins, &detail));
        }
        for row in group.drafts() {
            if row.label.chars().count() > ROW_LABEL_LENGTH_MAX {
                let detail = format!("row {} must have at most {ROW_LABEL_LENGTH_MAX} characters", row.label);
                return Err(tokens::fault(begins, &detail));
            }
            if !labels.insert(row.label.clone()) {
                return Err(tokens::fault(begins, &format!("row {} was described before", row.label)));
            }
            rows.push(row);
        }
        if !parser.another_group()? {
            return Ok(rows);
        }
    }
}
