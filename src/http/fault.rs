//! `Fault`: error of deserialising a request's body or query string, with the path to the wrong value.
//!
//! Serde calls the constructor for each kind of error with its parts, so no message of serde is shown or parsed. Texts
//! use the words of JSON; serde's name Rust types.

use std::fmt::Display;

use serde::de::{self, Expected, Unexpected};

use crate::error::{ApiError, ErrorCode};

/// Error of a deserialised value.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The value has another shape than its type.
    #[error("{detail}")]
    Shape {
        /// Names of members and indices of elements that lead to the value, innermost first. The last one of a missing
        /// field is its name.
        path: Vec<String>,
        /// Description of a valid value, as a sentence for the client.
        detail: String,
    },
    /// JSON that the grammar allows and `serde_json` rejects: half a surrogate pair, a number beyond all ranges.
    #[error("the JSON text cannot be read")]
    Unreadable,
}

impl Fault {
    /// A value of another type than `expected`, which has an article: "an integer".
    pub fn wrong_type(expected: impl Display, found: Unexpected<'_>) -> Self {
        de::Error::custom(format_args!("must be {expected}, not {}", json_type(found)))
    }

    /// Adds the member or element that contains the value.
    #[must_use]
    pub fn within(mut self, segment: impl Into<String>) -> Self {
        if let Self::Shape { path, .. } = &mut self {
            path.push(segment.into());
        }
        self
    }

    /// The error of a body: the path becomes a JSON pointer (RFC 6901).
    pub fn in_body(self) -> ApiError {
        match self {
            Self::Shape { path, detail } => {
                let escape = |segment: &String| format!("/{}", segment.replace('~', "~0").replace('/', "~1"));
                ApiError::invalid(&path.iter().rev().map(escape).collect::<String>(), detail)
            }
            Self::Unreadable => ApiError::new(ErrorCode::MalformedRequest)
                .with_detail("The body has text that is not valid Unicode, or a number that is too large"),
        }
    }

    /// The error of a query string: the path is the parameter's name.
    pub fn in_query(self) -> ApiError {
        match self {
            Self::Shape { path, detail } => ApiError::invalid(path.first().map_or("", String::as_str), detail),
            Self::Unreadable => ApiError::new(ErrorCode::MalformedRequest),
        }
    }
}

impl de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Self::Shape { path: Vec::new(), detail: message.to_string() }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong_type(expected, found)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("must be {expected}"))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let detail = match expected {
            [] => "is unknown; no names are known".to_owned(),
            known => format!("is unknown; the known names are {}", known.join(", ")),
        };
        Self::custom(detail).within(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom("is required").within(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::custom("must occur once").within(field)
    }
}

/// Numbers and booleans as they are; of other values only the type, because they can be long or secret.
fn json_type(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(value) => value.to_string(),
        Unexpected::Signed(value) => value.to_string(),
        // `Debug` writes 1.0 with its decimal point.
        Unexpected::Float(value) => format!("{value:?}"),
        Unexpected::Str(_) => "a string".to_owned(),
        Unexpected::Unit => "null".to_owned(),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}
