//! Where and how a body that did not parse is wrong, in the words of JSON: serde's speak of Rust's types.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_path_to_error::Segment;

use super::Object;
use crate::error::{ApiError, ErrorCode};

/// Parses again, slowly, and says what is wrong.
pub(super) fn explain<T: DeserializeOwned>(bytes: &[u8]) -> ApiError {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(bytes) {
        return ApiError::new(ErrorCode::MalformedRequest).detail(format!("The body is not JSON: {error}"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, Object<T>>(&mut deserializer) {
        Err(error) if error.inner().classify() == Category::Data => {
            let message = error.inner().to_string();
            let message = without_position(&message);
            ApiError::invalid(&pointer(error.path(), message), detail(message))
        }
        // Text that JSON's grammar allows and its reader does not, such as half a surrogate pair.
        _ => ApiError::new(ErrorCode::MalformedRequest).detail("The body cannot be read as text"),
    }
}

/// Line and column speak about bytes; the pointer says it better.
fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(text, _)| text)
}

/// RFC 6901. A missing field has no place in the body: its pointer is where it belongs.
fn pointer(path: &serde_path_to_error::Path, message: &str) -> String {
    let mut pointer = String::new();
    let mut push = |segment: &str| {
        pointer.push('/');
        pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    };
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&index.to_string()),
            Segment::Map { key } => push(key),
            Segment::Enum { variant } => push(variant),
            Segment::Unknown => {}
        }
    }
    if let Some(field) = message.strip_prefix(MISSING).and_then(|rest| rest.split('`').next()) {
        push(field);
    }
    pointer
}

/// How serde's messages begin.
const MISSING: &str = "missing field `";
const WRONG_TYPE: &str = "invalid type: ";
const INTEGER_TOO_LARGE: &str = "invalid value: integer ";
const NOT_A_UUID: &str = "UUID parsing failed";

fn detail(message: &str) -> String {
    if message.starts_with(MISSING) {
        return "is required".to_owned();
    }
    if message.starts_with(INTEGER_TOO_LARGE) {
        return "must be an integer of at most 64 bits".to_owned();
    }
    if message.starts_with(NOT_A_UUID) {
        return "must be a UUID".to_owned();
    }
    // The value comes first, and can contain anything.
    let types = message.strip_prefix(WRONG_TYPE).and_then(|rest| rest.rsplit_once(", expected "));
    types.map_or_else(
        || message.to_owned(),
        |(found, expected)| format!("must be {}, not {}", expected_type(expected), found_type(found)),
    )
}

fn expected_type(expected: &str) -> &str {
    match expected {
        "i64" => "an integer",
        "a sequence" => "an array",
        "a map" => "an object",
        "a formatted UUID string" => "a UUID",
        other => other,
    }
}

/// Numbers and truth values as they are, of everything else only the type: it may be long, or nobody's business.
fn found_type(found: &str) -> &str {
    match found.split(' ').next().unwrap_or_default() {
        "string" => "a string",
        "sequence" => "an array",
        "map" => "an object",
        "integer" | "floating" | "boolean" => found.split('`').nth(1).unwrap_or(found),
        _ => found,
    }
}
