//! Reads a description group by group; the grammar is in [`super`].

use super::super::super::invalid::Invalid;
use super::super::attributes::Attribute;
use super::super::layout::{ROWS_PER_SECTION_MAX, SEATS_PER_ROW_MAX};
use super::group::Group;
use super::ranges;
use super::tokens::{Token, fault, tokens};

const CLAUSES: [&str; 5] = ["aisle", "without", "accessible", "companion", "restricted"];
const SEATS_BEGIN: [&str; 4] = ["seats", "seat", "odd", "even"];

pub struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
}

/// A label, or from one to another; where it begins.
struct Range {
    from: String,
    to: String,
    character: usize,
}

/// Seats of one row, from a number to another.
struct Seats {
    row: String,
    from: u32,
    to: u32,
}

impl Parser {
    pub fn new(text: &str) -> Result<Self, Invalid> {
        Ok(Self { tokens: tokens(text)?, next: 0 })
    }

    /// Where the next token begins, from 1.
    pub fn character(&self) -> usize {
        self.tokens[self.next].0
    }

    /// Past a semicolon, if there is one and more behind it.
    pub fn another_group(&mut self) -> Result<bool, Invalid> {
        if *self.peek() == Token::End {
            return Ok(false);
        }
        if !self.take(&Token::Semicolon) {
            return Err(self.expected("a comma, a semicolon or the end"));
        }
        Ok(*self.peek() != Token::End)
    }

    pub fn group(&mut self) -> Result<Group, Invalid> {
        if !(self.take_word("rows") || self.take_word("row")) {
            return Err(self.expected("the word rows"));
        }
        let mut ranges = vec![self.range()?];
        while self.joins() && !self.at_any(&SEATS_BEGIN) && !self.at_any(&CLAUSES) {
            ranges.push(self.range()?);
        }
        let left_out = self.rows_left_out()?;
        let last =
            if left_out.is_empty() && ranges.len() > 1 && !self.at_any(&SEATS_BEGIN) { ranges.pop() } else { None };
        let numbers = last.map_or_else(|| self.seat_ranges(), |last| seats_of(&last))?;
        let mut group = Group::new(written_out(&ranges)?, numbers);
        for row in &left_out {
            leave_out(&mut group, row)?;
        }
        while self.at_any(&CLAUSES) {
            self.clause(&mut group)?;
        }
        if group.rows.is_empty() {
            return Err(self.expected("at least one row that is not left out"));
        }
        Ok(group)
    }

    /// `without`, directly after the rows, and the comma behind it. Behind a comma it is a clause.
    fn rows_left_out(&mut self) -> Result<Vec<Range>, Invalid> {
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

    fn seat_ranges(&mut self) -> Result<Vec<u32>, Invalid> {
        let _ = self.take_word("seats") || self.take_word("seat");
        let mut numbers = Vec::new();
        loop {
            let (odd, even) = (self.take_word("odd"), self.take_word("even"));
            let range = self.range()?;
            let more = seats_of(&range)?;
            let more: Vec<_> = more.into_iter().filter(|number| !(odd || even) || odd == (number % 2 == 1)).collect();
            if more.is_empty() {
                let kind = if odd { "odd" } else { "even" };
                return Err(fault(range.character, &format!("there is no {kind} number among these seats")));
            }
            add_seats(&mut numbers, more, range.character)?;
            if !self.joins() || self.at_any(&CLAUSES) {
                return Ok(numbers);
            }
        }
    }

    fn clause(&mut self, group: &mut Group) -> Result<(), Invalid> {
        if self.take_word("aisle") {
            self.aisle(group)
        } else if self.take_word("without") {
            self.list(|parser| leave_out(group, &parser.range()?))
        } else if self.take_word("accessible") {
            self.list(|parser| parser.mark(group, Attribute::Accessible))
        } else if self.take_word("companion") {
            self.list(|parser| parser.mark(group, Attribute::Companion))
        } else if self.take_word("restricted") {
            if !self.take_word("view") {
                return Err(self.expected("the word view"));
            }
            self.list(|parser| parser.mark(group, Attribute::RestrictedView))
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
            let known = if after { group.aisle_after(number) } else { group.aisle_before(number) };
            if known { Ok(()) } else { Err(fault(character, &format!("these rows have no seat {number}"))) }
        })
    }

    fn mark(&mut self, group: &mut Group, attribute: Attribute) -> Result<(), Invalid> {
        let character = self.character();
        let Seats { row, from, to } = self.seats_of_a_row()?;
        if group.mark(attribute, &row, from, to) {
            return Ok(());
        }
        let seats = if from == to { format!("seat {from}") } else { format!("seats {from} to {to}") };
        Err(fault(character, &format!("these rows have no row {row} with {seats}")))
    }

    /// One or more, joined by commas or `and`; stops behind the comma before a clause.
    fn list(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Invalid>) -> Result<(), Invalid> {
        each(self)?;
        while self.joins() && !self.at_any(&CLAUSES) {
            each(self)?;
        }
        Ok(())
    }

    /// `T1`, `T1-4`, `T1-T4`, `12/1-4`.
    fn seats_of_a_row(&mut self) -> Result<Seats, Invalid> {
        let row = self.label("a row")?;
        if row.parse::<u32>().is_ok() && *self.peek() != Token::Slash {
            return Err(self.expected("a slash between the row and the number of the seat"));
        }
        self.take(&Token::Slash);
        let from = self.number()?;
        if !self.take(&Token::Dash) {
            return Ok(Seats { row, from, to: from });
        }
        let character = self.character();
        let slash_follows = self.tokens.get(self.next + 1).is_some_and(|(_, token)| *token == Token::Slash);
        let names_row = matches!(self.peek(), Token::Word(_)) || slash_follows;
        if names_row && self.label("a row")? != row {
            return Err(fault(character, &format!("a range of seats must end in its row, {row}")));
        }
        self.take(&Token::Slash);
        Ok(Seats { row, from, to: self.number()? })
    }

    fn range(&mut self) -> Result<Range, Invalid> {
        let character = self.character();
        let from = self.label("a row, a seat or a range of them, such as A-T or 1-40")?;
        let to = if self.take(&Token::Dash) { self.label("the end of the range")? } else { from.clone() };
        Ok(Range { from, to, character })
    }

    fn label(&mut self, what: &str) -> Result<String, Invalid> {
        let label = match self.peek() {
            Token::Word(word) => word.clone(),
            Token::Number(number) => number.to_string(),
            _ => return Err(self.expected(what)),
        };
        self.next += 1;
        Ok(label)
    }

    fn number(&mut self) -> Result<u32, Invalid> {
        let Token::Number(number) = *self.peek() else { return Err(self.expected("the number of a seat")) };
        self.next += 1;
        Ok(number)
    }

    /// Past a comma or `and`.
    fn joins(&mut self) -> bool {
        self.take(&Token::Comma) || self.take_word("and")
    }

    fn at_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.at_word(word))
    }

    fn at_word(&self, keyword: &str) -> bool {
        matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    fn take_word(&mut self, keyword: &str) -> bool {
        let there = self.at_word(keyword);
        self.next += usize::from(there);
        there
    }

    fn take(&mut self, token: &Token) -> bool {
        let there = self.peek() == token;
        self.next += usize::from(there);
        there
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next].1
    }

    fn expected(&self, what: &str) -> Invalid {
        fault(self.character(), &format!("expected {what}, found {}", self.peek()))
    }
}

fn leave_out(group: &mut Group, range: &Range) -> Result<(), Invalid> {
    for row in written_out(std::slice::from_ref(range))? {
        if !group.leave_out(&row) {
            return Err(fault(range.character, &format!("there is no row {row} to leave out")));
        }
    }
    Ok(())
}

/// The labels of rows, each once.
fn written_out(ranges: &[Range]) -> Result<Vec<String>, Invalid> {
    let mut rows: Vec<String> = Vec::new();
    for Range { from, to, character } in ranges {
        let labels = ranges::labels(from, to);
        let labels = labels.ok_or_else(|| fault(*character, &format!("{from} does not count up to {to}")))?;
        if rows.len() + labels.len() > ROWS_PER_SECTION_MAX {
            return Err(fault(*character, &format!("more than {ROWS_PER_SECTION_MAX} rows")));
        }
        if let Some(twice) = labels.iter().find(|label| rows.contains(label)) {
            return Err(fault(*character, &format!("row {twice} is named twice")));
        }
        rows.extend(labels);
    }
    Ok(rows)
}

fn seats_of(range: &Range) -> Result<Vec<u32>, Invalid> {
    let (Ok(from), Ok(to)) = (range.from.parse::<u32>(), range.to.parse::<u32>()) else {
        return Err(fault(range.character, &format!("expected seats, such as 1-40, found {}", range.from)));
    };
    let mut numbers = Vec::new();
    // With `odd` or `even` twice as many are written as there are seats.
    if from.abs_diff(to) as usize >= 2 * SEATS_PER_ROW_MAX {
        return Err(fault(range.character, &format!("more than {SEATS_PER_ROW_MAX} seats in a row")));
    }
    add_seats(&mut numbers, ranges::numbers(from, to).collect(), range.character)?;
    Ok(numbers)
}

fn add_seats(numbers: &mut Vec<u32>, more: Vec<u32>, character: usize) -> Result<(), Invalid> {
    if let Some(twice) = more.iter().find(|number| numbers.contains(number)) {
        return Err(fault(character, &format!("seat {twice} is named twice")));
    }
    numbers.extend(more);
    Ok(())
}
