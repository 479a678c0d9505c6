//! CSV records as in RFC 4180, without extensions.

use boxoffice_engine::invalid::Invalid;

/// A record.
pub struct Record {
    /// Line where the record begins, from 1.
    pub line: usize,
    /// Cells without their quotes.
    pub cells: Vec<String>,
}

/// Iterates over the records of a text. Skips empty lines, and ends after the first error.
pub fn records(text: &str) -> impl Iterator<Item = Result<Record, Invalid>> {
    let (mut rest, mut line) = (text, 1);
    std::iter::from_fn(move || {
        while let Some(after_line) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            (rest, line) = (after_line, line + 1);
        }
        if rest.is_empty() {
            return None;
        }
        let mut record = Record { line, cells: Vec::new() };
        loop {
            let (cell, after) = match split_cell(rest) {
                Ok(split) => split,
                Err(detail) => {
                    rest = "";
                    return Some(Err(Invalid::new(format!("/lines/{line}"), detail)));
                }
            };
            line += cell.matches('\n').count();
            record.cells.push(cell);
            if let Some(next) = after.strip_prefix(',') {
                rest = next;
                continue;
            }
            rest = after.strip_prefix('\r').unwrap_or(after);
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            line += 1;
            return Some(Ok(record));
        }
    })
}

/// Splits the first cell from a text. The rest begins with a comma or a line break, or is empty.
fn split_cell(text: &str) -> Result<(String, &str), &'static str> {
    let Some(mut quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '\n']).unwrap_or(text.len());
        let (cell, after) = text.split_at(end);
        return if cell.contains('"') {
            Err("a cell with a quote in it must be quoted")
        } else {
            Ok((cell.into(), after))
        };
    };
    let mut cell = String::new();
    loop {
        let (part, after) = quoted.split_once('"').ok_or("a quoted cell must end with a quote")?;
        cell.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => (cell, quoted) = (cell + "\"", more),
            None if after.is_empty() || after.starts_with([',', '\r', '\n']) => return Ok((cell, after)),
            None => return Err("a quoted cell must be followed by a comma or the end of the line"),
        }
    }
}
