//! Records of a CSV text, with the line where each begins.
//!
//! The `csv` crate reads quotes anywhere; RFC 4180 allows them only around a whole cell. A lost quote would silently
//! merge cells and lines into one seat, so such a record is refused.

use boxoffice_engine::invalid::Invalid;
use csv::{Reader, ReaderBuilder, StringRecord};

/// A record.
#[derive(Default)]
pub struct Record {
    /// Line where the record begins, from 1.
    pub line: usize,
    /// Cells without their quotes.
    pub cells: StringRecord,
}

/// The records of a text. Empty lines are skipped.
pub struct Records<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Offset up to which lines were counted, and the line there, from 1.
    offset: usize,
    line: usize,
}

impl<'a> Records<'a> {
    pub fn new(text: &'a str) -> Self {
        // The sheet compares the number of columns itself, because its error names the line.
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        Self { text, reader, offset: 0, line: 1 }
    }

    /// Reads the next record into `record`; `false` at the end of the text.
    ///
    /// # Errors
    /// A quote that is not at the border of a cell, or is missing there.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, Invalid> {
        let read = self.reader.read_record(&mut record.cells);
        let end = usize::try_from(self.reader.position().byte()).unwrap_or(self.text.len());
        // What was read begins with the line breaks of skipped lines, which the crate's own line number ignores.
        let start = self.text[self.offset..end].find(|character| !matches!(character, '\r' | '\n'));
        self.count_lines(start.map_or(end, |start| self.offset + start));
        record.line = self.line;
        let text = &self.text[self.offset..end];
        self.count_lines(end);
        let invalid = |detail: &str| Invalid::new(format!("/lines/{}", record.line), detail);
        let is_record = read.map_err(|error| invalid(&error.to_string()))?;
        check_quotes(text.trim_end_matches(['\r', '\n'])).map_err(invalid)?;
        Ok(is_record)
    }

    /// Counts the line breaks up to the offset `end`: `\n`, `\r\n`, or `\r` alone.
    fn count_lines(&mut self, end: usize) {
        let bytes = self.text.as_bytes();
        let is_break = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        self.line += (self.offset..end).filter(is_break).count();
        self.offset = end;
    }
}

/// Checks that quotes enclose whole cells.
fn check_quotes(record: &str) -> Result<(), &'static str> {
    // The parts between quotes are outside and inside of quoted cells by turns. Between two quoted cells there are
    // commas; the outside part within a doubled quote is empty.
    let mut parts = record.split('"').enumerate().peekable();
    while let Some((index, part)) = parts.next() {
        let is_last = parts.peek().is_none();
        if index % 2 == 1 {
            if is_last {
                return Err("a quoted cell must end with a quote");
            }
            continue;
        }
        if part.is_empty() {
            continue;
        }
        if index > 0 && !part.starts_with(',') {
            return Err("a quoted cell must be followed by a comma or the end of the line");
        }
        if !is_last && !part.ends_with(',') {
            return Err("a cell with a quote in it must be quoted");
        }
    }
    Ok(())
}
