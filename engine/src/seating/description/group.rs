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
        for (position, number) in self.numbers.iter().enumerate() {
            if range.contains(number) {
                self.attributes.entry((row.to_owned(), position)).or_default().push(attribute);
            }
        }
        true
    }

    /// The rows with their seats.
    pub fn into_rows(self) -> Vec<RowDraft> {
        let mut rows = Vec::with_capacity(self.rows.len());
        for label in &self.rows {
            let seats = (0..self.numbers.len()).map(|position| self.seat(label, position)).collect();
            rows.push(RowDraft { label: label.clone(), seats });
        }
        rows
    }

    fn seat(&self, row: &str, position: usize) -> SeatDraft {
        let mut attributes = self.attributes.get(&(row.to_owned(), position)).cloned().unwrap_or_default();
        if self.aisle_seats.contains(&position) {
            attributes.push(Attribute::Aisle);
        }
        if self.aisle_after.contains(&position) {
            attributes.push(Attribute::AisleAfter);
        }
        SeatDraft {
            number: self.numbers[position].to_string(),
            attributes: attributes.iter().map(|attribute| attribute.as_str().to_owned()).collect(),
            ..SeatDraft::default()
        }
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
