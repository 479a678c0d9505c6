//! Parser of a description, group by group. See [`super`] for the grammar.

use super::super::attributes::Attribute;
use super::super::layout::{ROWS_PER_SECTION_MAX, SEATS_PER_ROW_MAX};
use super::group::Group;
use super::ranges;
use super::tokens::{Token, invalid_at, tokenize};
use crate::invalid::Invalid;

/// First words of the clauses.
const CLAUSES: [&str; 5] = ["aisle", "without", "accessible", "companion", "restricted"];
/// Words that can begin the list of seats.
const SEATS_START: [&str; 4] = ["seats", "seat", "odd", "even"];

/// A parser and its position in the tokens.
pub struct Parser {
    /// Each token with the position of its first character, from 1.
    tokens: Vec<(usize, Token)>,
    next: usize,
}

/// A range of labels; a single label is a range from itself to itself.
struct Range {
    from: String,
    to: String,
    /// Position of its first character.
    character: usize,
}

/// The numbers of a range that exist in a row, for example in theatres that number from the middle to both sides.
#[derive(Clone, Copy)]
enum Half {
    Odd,
    Even,
}

impl Half {
    fn contains(self, number: u32) -> bool {
        match self {
            Self::Odd => !number.is_multiple_of(2),
            Self::Even => number.is_multiple_of(2),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Odd => "odd",
            Self::Even => "even",
        }
    }
}

/// A range of seats in one row.
struct SeatsOfRow {
    row: String,
    from: u32,
    to: u32,
}

impl Parser {
    /// A parser of a text.
    ///
    /// # Errors
    /// A character or a number that cannot occur in a description.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        Ok(Self { tokens: tokenize(text)?, next: 0 })
    }

    /// Position of the next token's first character, from 1.
    pub fn character(&self) -> usize {
        self.tokens[self.next].0
    }

    /// Moves past the semicolon after a group. Returns whether another group follows.
    pub fn next_group(&mut self) -> Result<bool, Invalid> {
        if *self.peek() == Token::End {
            return Ok(false);
        }
        if !self.take(&Token::Semicolon) {
            return Err(self.expected("a comma, a semicolon or the end"));
        }
        Ok(*self.peek() != Token::End)
    }

    /// Parses a group.
    pub fn group(&mut self) -> Result<Group, Invalid> {
        if !(self.take_word("rows") || self.take_word("row")) {
            return Err(self.expected("the word rows"));
        }
        let mut ranges = vec![self.range()?];
        while self.take_joiner() && !self.at_any(&SEATS_START) && !self.at_any(&CLAUSES) {
            ranges.push(self.range()?);
        }
        let omitted = self.omitted_rows()?;
        // Without a word that starts the seats, the last range is the seats.
        let last_is_seats = omitted.is_empty() && ranges.len() > 1 && !self.at_any(&SEATS_START);
        let seats = if last_is_seats { ranges.pop() } else { None };
        let numbers = seats.map_or_else(|| self.seat_ranges(), |seats| expand_seats(&seats))?;
        let mut group = Group::new(expand_rows(&ranges)?, numbers);
        for rows in &omitted {
            remove_rows(&mut group, rows)?;
        }
        while self.at_any(&CLAUSES) {
            self.clause(&mut group)?;
        }
        if group.rows.is_empty() {
            return Err(self.expected("at least one row that is not left out"));
        }
        Ok(group)
    }

    /// Parses `without` directly after the rows, up to the comma after it. After a comma, `without` is a clause.
    fn omitted_rows(&mut self) -> Result<Vec<Range>, Invalid> {
        if self.tokens[self.next - 1].1 == Token::Comma || !self.take_word("without") {
            return Ok(Vec::new());
        }
        let mut rows = vec![self.range()?];
        while self.take_word("and") {
            rows.push(self.range()?);
        }
        if !self.take(&Token::Comma) {
            return Err(self.expected("a comma and the seats after the rows that are left out"));
        }
        Ok(rows)
    }

    /// Parses the list of seats. The word `seats` before it is optional.
    fn seat_ranges(&mut self) -> Result<Vec<u32>, Invalid> {
        let _ = self.take_word("seats") || self.take_word("seat");
        let mut numbers = Vec::new();
        loop {
            let half = self.half_of_range();
            let range = self.range()?;
            let mut more = expand_seats(&range)?;
            if let Some(half) = half {
                more.retain(|number| half.contains(*number));
                if more.is_empty() {
                    let detail = format!("there is no {} number among these seats", half.as_str());
                    return Err(invalid_at(range.character, &detail));
                }
            }
            add_seats(&mut numbers, more, range.character)?;
            if !self.take_joiner() || self.at_any(&CLAUSES) {
                return Ok(numbers);
            }
        }
    }

    fn half_of_range(&mut self) -> Option<Half> {
        match (self.take_word("odd"), self.take_word("even")) {
            (true, _) => Some(Half::Odd),
            (false, true) => Some(Half::Even),
            (false, false) => None,
        }
    }

    fn clause(&mut self, group: &mut Group) -> Result<(), Invalid> {
        if self.take_word("aisle") {
            self.aisle(group)
        } else if self.take_word("without") {
            self.list(|parser| remove_rows(group, &parser.range()?))
        } else if self.take_word("accessible") {
            self.list(|parser| parser.attribute(group, Attribute::Accessible))
        } else if self.take_word("companion") {
            self.list(|parser| parser.attribute(group, Attribute::Companion))
        } else if self.take_word("restricted") {
            if !self.take_word("view") {
                return Err(self.expected("the word view"));
            }
            self.list(|parser| parser.attribute(group, Attribute::RestrictedView))
        } else {
            Err(self.expected("aisle, without, accessible, companion or restricted view"))
        }
    }

    fn aisle(&mut self, group: &mut Group) -> Result<(), Invalid> {
        let after = self.take_word("after");
        if !after && !self.take_word("before") {
            return Err(self.expected("after or before"));
        }
        self.list(|parser| {
            let character = parser.character();
            let number = parser.number()?;
            let exists = if after { group.add_aisle_after(number) } else { group.add_aisle_before(number) };
            if exists { Ok(()) } else { Err(invalid_at(character, &format!("these rows have no seat {number}"))) }
        })
    }

    /// Parses seats of one row and adds an attribute to them.
    fn attribute(&mut self, group: &mut Group, attribute: Attribute) -> Result<(), Invalid> {
        let character = self.character();
        let SeatsOfRow { row, from, to } = self.seats_of_row()?;
        if group.add_attribute(attribute, &row, from, to) {
            return Ok(());
        }
        let seats = if from == to { format!("seat {from}") } else { format!("seats {from} to {to}") };
        Err(invalid_at(character, &format!("these rows have no row {row} with {seats}")))
    }

    /// Parses one or more entries joined by commas or `and`. Stops after the comma before a clause.
    fn list(&mut self, mut parse_entry: impl FnMut(&mut Self) -> Result<(), Invalid>) -> Result<(), Invalid> {
        parse_entry(self)?;
        while self.take_joiner() && !self.at_any(&CLAUSES) {
            parse_entry(self)?;
        }
        Ok(())
    }

    /// Parses seats of one row: `T1`, `T1-4`, `T1-T4` or `12/1-4`.
    fn seats_of_row(&mut self) -> Result<SeatsOfRow, Invalid> {
        let row = self.label("a row")?;
        if row.parse::<u32>().is_ok() && *self.peek() != Token::Slash {
            return Err(self.expected("a slash between the row and the number of the seat"));
        }
        self.take(&Token::Slash);
        let from = self.number()?;
        if !self.take(&Token::Dash) {
            return Ok(SeatsOfRow { row, from, to: from });
        }
        let character = self.character();
        let slash_follows = self.tokens.get(self.next + 1).is_some_and(|(_, token)| *token == Token::Slash);
        let has_row = matches!(self.peek(), Token::Word(_)) || slash_follows;
        if has_row && self.label("a row")? != row {
            return Err(invalid_at(character, &format!("a range of seats must end in its row, {row}")));
        }
        self.take(&Token::Slash);
        Ok(SeatsOfRow { row, from, to: self.number()? })
    }

    fn range(&mut self) -> Result<Range, Invalid> {
        let character = self.character();
        let from = self.label("a row, a seat or a range of them, such as A-T or 1-40")?;
        let to = if self.take(&Token::Dash) { self.label("the end of the range")? } else { from.clone() };
        Ok(Range { from, to, character })
    }

    fn label(&mut self, expected: &str) -> Result<String, Invalid> {
        let label = match self.peek() {
            Token::Word(word) => word.clone(),
            Token::Number(number) => number.to_string(),
            _ => return Err(self.expected(expected)),
        };
        self.next += 1;
        Ok(label)
    }

    fn number(&mut self) -> Result<u32, Invalid> {
        let Token::Number(number) = *self.peek() else { return Err(self.expected("the number of a seat")) };
        self.next += 1;
        Ok(number)
    }

    /// Moves past a comma or `and`. Returns whether there was one.
    fn take_joiner(&mut self) -> bool {
        self.take(&Token::Comma) || self.take_word("and")
    }

    /// Whether the next token is one of these words.
    fn at_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.at_word(word))
    }

    fn at_word(&self, keyword: &str) -> bool {
        matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Moves past a word. Returns whether it was the next token.
    fn take_word(&mut self, keyword: &str) -> bool {
        let found = self.at_word(keyword);
        self.next += usize::from(found);
        found
    }

    /// Moves past a token. Returns whether it was the next one.
    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == token;
        self.next += usize::from(found);
        found
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next].1
    }

    /// An error at the next token.
    fn expected(&self, expected: &str) -> Invalid {
        invalid_at(self.character(), &format!("expected {expected}, found {}", self.peek()))
    }
}

fn remove_rows(group: &mut Group, range: &Range) -> Result<(), Invalid> {
    for row in expand_rows(std::slice::from_ref(range))? {
        if !group.remove_row(&row) {
            return Err(invalid_at(range.character, &format!("there is no row {row} to leave out")));
        }
    }
    Ok(())
}

/// Expands ranges of rows into labels; an error if a label occurs twice.
fn expand_rows(ranges: &[Range]) -> Result<Vec<String>, Invalid> {
    let mut rows: Vec<String> = Vec::new();
    for Range { from, to, character } in ranges {
        let labels = ranges::expand_labels(from, to);
        let labels = labels.ok_or_else(|| invalid_at(*character, &format!("{from} does not count up to {to}")))?;
        if rows.len() + labels.len() > ROWS_PER_SECTION_MAX {
            return Err(invalid_at(*character, &format!("more than {ROWS_PER_SECTION_MAX} rows")));
        }
        if let Some(duplicate) = labels.iter().find(|label| rows.contains(label)) {
            return Err(invalid_at(*character, &format!("row {duplicate} is named twice")));
        }
        rows.extend(labels);
    }
    Ok(rows)
}

/// Expands a range of seats into numbers.
fn expand_seats(range: &Range) -> Result<Vec<u32>, Invalid> {
    let (Ok(from), Ok(to)) = (range.from.parse::<u32>(), range.to.parse::<u32>()) else {
        return Err(invalid_at(range.character, &format!("expected seats, such as 1-40, found {}", range.from)));
    };
    let mut numbers = Vec::new();
    // Twice the limit, because `odd` or `even` may still remove half of the numbers.
    if from.abs_diff(to) as usize >= 2 * SEATS_PER_ROW_MAX {
        return Err(invalid_at(range.character, &format!("more than {SEATS_PER_ROW_MAX} seats in a row")));
    }
    add_seats(&mut numbers, ranges::expand_numbers(from, to).collect(), range.character)?;
    Ok(numbers)
}

fn add_seats(numbers: &mut Vec<u32>, more: Vec<u32>, character: usize) -> Result<(), Invalid> {
    if let Some(duplicate) = more.iter().find(|number| numbers.contains(number)) {
        return Err(invalid_at(character, &format!("seat {duplicate} is named twice")));
    }
    numbers.extend(more);
    Ok(())
}
