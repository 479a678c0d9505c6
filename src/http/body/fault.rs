//! Errors of bodies that cannot be parsed: pointer and text. Texts use the words of JSON; serde's messages name Rust
//! types.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_path_to_error::Segment;

use super::Object;
use crate::error::{ApiError, ErrorCode};

/// Parses an invalid body again, with path tracking (slower), and makes the error with pointer and detail.
pub(super) fn explain<T: DeserializeOwned>(bytes: &[u8]) -> ApiError {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(bytes) {
        return ApiError::new(ErrorCode::MalformedRequest).with_detail(format!("The body is not valid JSON: {error}"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, Object<T>>(&mut deserializer) {
        Err(error) if error.inner().classify() == Category::Data => {
            let message = error.inner().to_string();
            let message = without_position(&message);
            ApiError::invalid(&pointer(error.path(), message), detail(message))
        }
        // Text that is allowed by JSON's grammar but rejected by serde_json, such as half a surrogate pair.
        _ => ApiError::new(ErrorCode::MalformedRequest).with_detail("The body has text that is not valid Unicode"),
    }
}

/// Removes line and column from a message. The pointer is more useful to clients.
fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(text, _)| text)
}

/// JSON pointer (RFC 6901) to the wrong field. For a missing field: to the place where it belongs.
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
    if let Some(field) = message.strip_prefix(MISSING_FIELD).and_then(|rest| rest.split('`').next()) {
        push(field);
    }
    pointer
}

// Beginnings of serde's messages.
const MISSING_FIELD: &str = "missing field `";
const WRONG_TYPE: &str = "invalid type: ";
const INTEGER_TOO_LARGE: &str = "invalid value: integer ";
const NOT_A_UUID: &str = "UUID parsing failed";

/// Translates serde's message.
fn detail(message: &str) -> String {
    if message.starts_with(MISSING_FIELD) {
        return "is required".to_owned();
    }
    if message.starts_with(INTEGER_TOO_LARGE) {
        return "must be an integer of at most 64 bits".to_owned();
    }
    if message.starts_with(NOT_A_UUID) {
        return "must be a UUID".to_owned();
    }
    // The value comes first and can contain the same words, so search from the end.
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

/// Numbers and booleans as they are; of other values only the type, because they can be long or secret.
fn found_type(found: &str) -> &str {
    match found.split(' ').next().unwrap_or_default() {
        "string" => "a string",
        "sequence" => "an array",
        "map" => "an object",
        "integer" | "floating" | "boolean" => found.split('`').nth(1).unwrap_or(found),
        _ => found,
    }
}
