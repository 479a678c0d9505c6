//! Changes of single fields in requests that amend something.

use boxoffice_engine::invalid::Invalid;
use serde::{Deserialize, Deserializer};

/// Change of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// The field is not in the request: its value stays.
    #[default]
    Keep,
    /// The field is `null`: its value is removed.
    Clear,
    /// The field has a new value.
    Set(T),
}

/// Parses the change of a field that must have a value. `Ok(None)` keeps it.
///
/// # Errors
/// [`Change::Clear`], or an error of `parse`.
pub fn parse_required<T, U>(
    pointer: &str,
    change: Change<T>,
    parse: impl Fn(T) -> Result<U, Invalid>,
) -> Result<Option<U>, Invalid> {
    match change {
        Change::Keep => Ok(None),
        Change::Clear => Err(Invalid::new(pointer, "cannot be cleared; leave it out to keep it")),
        Change::Set(value) => parse(value).map(Some),
    }
}

/// Parses the change of an optional field. `Ok(None)` keeps it, `Ok(Some(None))` clears it.
///
/// # Errors
/// An error of `parse`.
pub fn parse_clearable<T, U>(
    change: Change<T>,
    parse: impl Fn(T) -> Result<U, Invalid>,
) -> Result<Option<Option<U>>, Invalid> {
    match change {
        Change::Keep => Ok(None),
        Change::Clear => Ok(Some(None)),
        Change::Set(value) => parse(value).map(|value| Some(Some(value))),
    }
}

/// Deserialises a field that is present: `null` is [`Change::Clear`]. An absent field must be [`Change::Keep`] by
/// `#[serde(default)]`.
pub fn deserialize_change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Change<T>, D::Error> {
    let value = Option::<T>::deserialize(deserializer)?;
    Ok(value.map_or(Change::Clear, Change::Set))
}
