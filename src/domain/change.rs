//! What a request that amends something says about each field.

use super::invalid::Invalid;

/// What a request says about one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Nothing: it stays.
    #[default]
    Keep,
    /// `null`: it becomes absent.
    Clear,
    Set(T),
}

/// A field that cannot be absent.
pub(super) fn required<T, U>(
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

/// A field that may be absent.
pub(super) fn clearable<T, U>(
    change: Change<T>,
    parse: impl Fn(T) -> Result<U, Invalid>,
) -> Result<Option<Option<U>>, Invalid> {
    match change {
        Change::Keep => Ok(None),
        Change::Clear => Ok(Some(None)),
        Change::Set(value) => parse(value).map(|value| Some(Some(value))),
    }
}
