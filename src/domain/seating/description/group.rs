//! A group of rows with the same seats, as the clauses build it up.

use std::collections::{HashMap, HashSet};

use super::super::attributes::Attribute;
use super::super::draft::{RowDraft, SeatDraft};

#[derive(Debug, Default)]
pub struct Group {
    /// From front to back, each once.
    pub rows: Vec<String>,
    /// Of the seats of each row, from left to right, each once.
    pub numbers: Vec<u32>,
    /// Positions in `numbers`.
    aisle_after: HashSet<usize>,
    /// An aisle before the first seat, or after the last, is at the row's end and parts nobody.
    aisle_seats: HashSet<usize>,
    marked: HashMap<(String, usize), Vec<Attribute>>,
}

impl Group {
    pub fn new(rows: Vec<String>, numbers: Vec<u32>) -> Self {
        Self { rows, numbers, ..Self::default() }
    }

    /// Whether there is such a row.
    pub fn leave_out(&mut self, row: &str) -> bool {
        let before = self.rows.len();
        self.rows.retain(|label| label != row);
        self.rows.len() < before
    }

    /// Whether there is such a seat.
    pub fn aisle_after(&mut self, number: u32) -> bool {
        let Some(at) = self.position(number) else { return false };
        self.part(at, at + 1);
        true
    }

    /// Whether there is such a seat.
    pub fn aisle_before(&mut self, number: u32) -> bool {
        match self.position(number) {
            Some(0) => self.aisle_seats.insert(0),
            Some(at) => {
                self.part(at - 1, at);
                return true;
            }
            None => return false,
        };
        true
    }

    /// All seats of a row from one number to another, by their value; whether the row and both seats are there.
    pub fn mark(&mut self, attribute: Attribute, row: &str, from: u32, to: u32) -> bool {
        let known = self.rows.iter().any(|label| label == row);
        if !known || self.position(from).is_none() || self.position(to).is_none() {
            return false;
        }
        let range = from.min(to)..=from.max(to);
        for (at, _) in self.numbers.iter().enumerate().filter(|(_, number)| range.contains(number)) {
            self.marked.entry((row.to_owned(), at)).or_default().push(attribute);
        }
        true
    }

    pub fn drafts(self) -> impl Iterator<Item = RowDraft> {
        let mut marked = self.marked;
        let (numbers, aisle_after, aisle_seats) = (self.numbers, self.aisle_after, self.aisle_seats);
        self.rows.into_iter().map(move |label| {
            let seat = |(at, number): (usize, &u32)| {
                let mut attributes = marked.remove(&(label.clone(), at)).unwrap_or_default();
                attributes.extend(aisle_seats.contains(&at).then_some(Attribute::Aisle));
                attributes.extend(aisle_after.contains(&at).then_some(Attribute::AisleAfter));
                let attributes = attributes.iter().map(|attribute| attribute.as_str().to_owned()).collect();
                SeatDraft { number: number.to_string(), attributes, ..SeatDraft::default() }
            };
            let seats = numbers.iter().enumerate().map(seat).collect();
            RowDraft { label, seats }
        })
    }

    fn position(&self, number: u32) -> Option<usize> {
        self.numbers.iter().position(|other| *other == number)
    }

    /// An aisle between two positions, of which the second may lie past the end.
    fn part(&mut self, before: usize, after: usize) {
        if after < self.numbers.len() {
            self.aisle_after.insert(before);
        } else {
            self.aisle_seats.insert(before);
        }
    }
}
