//! Text fields of requests: trimmed, limited in length, without control characters.

use super::invalid::Invalid;

// All limits but the last are repeated in the schema's CHECKs.

/// Longest event name, in characters.
pub const EVENT_NAME_LENGTH_MAX: usize = 200;
/// Longest series name, in characters.
pub const SERIES_NAME_LENGTH_MAX: usize = 200;
/// Longest description of an event or a series, in characters.
pub const DESCRIPTION_LENGTH_MAX: usize = 5_000;
/// Longest venue name, in characters.
pub const VENUE_NAME_LENGTH_MAX: usize = 200;
/// Longest venue address, in characters.
pub const ADDRESS_LENGTH_MAX: usize = 500;
/// Longest pool name, in characters.
pub const POOL_NAME_LENGTH_MAX: usize = 100;
/// Longest ticket type name, in characters.
pub const TICKET_TYPE_NAME_LENGTH_MAX: usize = 100;
/// Longest search text, in characters.
pub const SEARCH_LENGTH_MAX: usize = 200;

/// Parses one line of text: 1 to `length_max` characters after trimming.
///
/// # Errors
/// The text is empty, too long, or has control characters.
pub fn parse_line(pointer: &str, text: &str, length_max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new(pointer, "must not be empty"));
    }
    validate(pointer, text, length_max, |_| false)
}

/// Parses text of several lines, possibly empty: at most `length_max` characters after trimming.
///
/// # Errors
/// The text is too long, or has control characters other than line breaks and tabs.
pub fn parse_prose(pointer: &str, text: &str, length_max: usize) -> Result<String, Invalid> {
    validate(pointer, text.trim(), length_max, |character| matches!(character, '\n' | '\r' | '\t'))
}

fn validate(
    pointer: &str,
    text: &str,
    length_max: usize,
    allowed_control: impl Fn(char) -> bool,
) -> Result<String, Invalid> {
    if text.chars().count() > length_max {
        return Err(Invalid::new(pointer, format!("must have at most {length_max} characters")));
    }
    // This also rejects U+0000, which PostgreSQL cannot store in text.
    if text.chars().any(|character| character.is_control() && !allowed_control(character)) {
        return Err(Invalid::new(pointer, "must not contain control characters"));
    }
    Ok(text.to_owned())
}
