//! RFC 4180, and no more of it than there is: records, cells, quotes.

use super::super::super::invalid::Invalid;

/// The line where it begins, from 1, and its cells, unquoted.
pub struct Record {
    pub line: usize,
    pub cells: Vec<String>,
}

/// The records of a text; lines without content are none. Ends with the first fault.
pub fn records(text: &str) -> impl Iterator<Item = Result<Record, Invalid>> {
    let (mut rest, mut line) = (text, 1);
    std::iter::from_fn(move || {
        while let Some(blank) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            (rest, line) = (blank, line + 1);
        }
        if rest.is_empty() {
            return None;
        }
        let mut record = Record { line, cells: Vec::new() };
        loop {
            let (cell, behind) = match cell(rest) {
                Ok(read) => read,
                Err(detail) => {
                    rest = "";
                    return Some(Err(Invalid::new(format!("/lines/{line}"), detail)));
                }
            };
            line += cell.matches('\n').count();
            record.cells.push(cell);
            if let Some(next) = behind.strip_prefix(',') {
                rest = next;
                continue;
            }
            rest = behind.strip_prefix('\r').unwrap_or(behind);
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            line += 1;
            return Some(Ok(record));
        }
    })
}

/// The cell at the beginning of a text, and what follows it: a comma, a line's end or nothing.
fn cell(text: &str) -> Result<(String, &str), &'static str> {
    let Some(mut quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '\n']).unwrap_or(text.len());
        let (cell, behind) = text.split_at(end);
        return if cell.contains('"') {
            Err("a cell with a quote in it must be quoted")
        } else {
            Ok((cell.into(), behind))
        };
    };
    let mut cell = String::new();
    loop {
        let (part, behind) = quoted.split_once('"').ok_or("a quoted cell must end with a quote")?;
        cell.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => (cell, quoted) = (cell + "\"", more),
            None if behind.is_empty() || behind.starts_with([',', '\r', '\n']) => return Ok((cell, behind)),
            None => return Err("a quoted cell must be followed by a comma or the end of the line"),
        }
    }
}
