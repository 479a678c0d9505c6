//! Text that people write: trimmed, of a limited length, without control characters.

use super::invalid::Invalid;

/// Limits in characters, as the schema's CHECKs have them.
pub const EVENT_NAME_LENGTH_MAX: usize = 200;
pub const SERIES_NAME_LENGTH_MAX: usize = 200;
pub const DESCRIPTION_LENGTH_MAX: usize = 5_000;
pub const VENUE_NAME_LENGTH_MAX: usize = 200;
pub const ADDRESS_LENGTH_MAX: usize = 500;
pub const POOL_NAME_LENGTH_MAX: usize = 100;
pub const TICKET_TYPE_NAME_LENGTH_MAX: usize = 100;
/// The longest text that can be searched for.
pub const SEARCH_LENGTH_MAX: usize = 200;

/// One line of text: 1 to `length_max` characters once trimmed.
pub fn line(pointer: &str, text: &str, length_max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new(pointer, "must not be empty"));
    }
    limited(pointer, text, length_max, |_| false)
}

/// Text of several lines, possibly empty: at most `length_max` characters once trimmed.
pub fn prose(pointer: &str, text: &str, length_max: usize) -> Result<String, Invalid> {
    limited(pointer, text.trim(), length_max, |character| matches!(character, '\n' | '\r' | '\t'))
}

fn limited(
    pointer: &str,
    text: &str,
    length_max: usize,
    allowed_control: impl Fn(char) -> bool,
) -> Result<String, Invalid> {
    if text.chars().count() > length_max {
        return Err(Invalid::new(pointer, format!("must have at most {length_max} characters")));
    }
    // Among them is U+0000, which PostgreSQL's text cannot have.
    if text.chars().any(|character| character.is_control() && !allowed_control(character)) {
        return Err(Invalid::new(pointer, "must not contain control characters"));
    }
    Ok(text.to_owned())
}
