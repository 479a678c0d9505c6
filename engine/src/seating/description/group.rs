//! A group of rows with the same seats, to which the parser applies clauses.

use std::collections::{HashMap, HashSet};

use super::super::attributes::Attribute;
use super::super::draft::{RowDraft, SeatDraft};

/// A group of rows that all have the same seats.
#[derive(Debug, Default)]
pub struct Group {
    /// Labels from front to back, without duplicates.
    pub rows: Vec<String>,
    /// Seat numbers of each row from left to right, without duplicates.
    pub numbers: Vec<u32>,
    /// Positions in `numbers` of seats with an aisle on their right, not at the end of the row.
    aisle_after: HashSet<usize>,
    /// Positions in `numbers` of seats with an aisle at the end of the row, which separates no seats.
    aisle_seats: HashSet<usize>,
    /// Key: label of the row, and position in `numbers`.
    attributes: HashMap<(String, usize), Vec<Attribute>>,
}

impl Group {
    pub fn new(rows: Vec<String>, numbers: Vec<u32>) -> Self {
        Self { rows, numbers, ..Self::default() }
    }

    /// Removes a row. Returns whether it existed.
    pub fn remove_row(&mut self, row: &str) -> bool {
        let before = self.rows.len();
        self.rows.retain(|label| label != row);
        self.rows.len() < before
    }

    /// Adds an aisle on the right of a seat. Returns whether the seat exists.
    pub fn add_aisle_after(&mut self, number: u32) -> bool {
        let Some(position) = self.position(number) else { return false };
        self.add_aisle(position, position + 1);
        true
    }

    /// Adds an aisle on the left of a seat. Returns whether the seat exists.
    pub fn add_aisle_before(&mut self, number: u32) -> bool {
        match self.position(number) {
            Some(0) => {
                self.aisle_seats.insert(0);
            }
            Some(position) => self.add_aisle(position - 1, position),
            None => return false,
        }
        true
    }

    /// Adds an attribute to the seats of a row whose numbers are in a range. Returns whether the row and both seats
    /// exist.
    pub fn add_attribute(&mut self, attribute: Attribute, row: &str, from: u32, to: u32) -> bool {
        let row_exists = self.rows.iter().any(|label| label == row);
        if !row_exists || self.position(from).is_none() || self.position(to).is_none() {
            return false;
        }
        let range = from.min(to)..=from.max(to);
        for (position, _) in self.numbers.iter().enumerate().filter(|(_, number)| range.contains(number)) {
            self.attributes.entry((row.to_owned(), position)).or_default().push(attribute);
        }
        true
    }

    /// The rows with their seats.
    pub fn into_rows(self) -> impl Iterator<Item = RowDraft> {
        let mut attributes_by_seat = self.attributes;
        let (numbers, aisle_after, aisle_seats) = (self.numbers, self.aisle_after, self.aisle_seats);
        self.rows.into_iter().map(move |label| {
            let seat = |(position, number): (usize, &u32)| {
                let mut attributes = attributes_by_seat.remove(&(label.clone(), position)).unwrap_or_default();
                attributes.extend(aisle_seats.contains(&position).then_some(Attribute::Aisle));
                attributes.extend(aisle_after.contains(&position).then_some(Attribute::AisleAfter));
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

    /// Adds an aisle between two positions. `right` may be past the end of the row.
    fn add_aisle(&mut self, left: usize, right: usize) {
        if right < self.numbers.len() {
            self.aisle_after.insert(left);
        } else {
            self.aisle_seats.insert(left);
        }
    }
}
