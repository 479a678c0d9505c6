//! A Markdown table.

use std::fmt::Write as _;

pub struct Table {
    text: String,
}

impl Table {
    /// A table with these column titles. The first `words` columns are left-aligned text, the others right-aligned
    /// figures.
    pub fn new(words: usize, columns: &[&str]) -> Self {
        let mut text = format!("| {} |\n|", columns.join(" | "));
        for index in 0..columns.len() {
            text += if index < words { " --- |" } else { " ---: |" };
        }
        Self { text }
    }

    pub fn row(&mut self, cells: &[String]) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "\n| {} |", cells.join(" | "));
    }

    pub fn finish(self) -> String {
        self.text
    }
}
