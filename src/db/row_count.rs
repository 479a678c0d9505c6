//! The check after every statement that writes: it touched as many rows as it must have.

/// A statement touched another number of rows than it must have: a bug, or a lock that was lost. Whoever has the
/// transaction rolls it back.
#[derive(Debug, thiserror::Error)]
#[error("{statement} touched {actual} rows instead of {expected}")]
pub struct WrongRowCount {
    statement: &'static str,
    expected: usize,
    actual: u64,
}

/// Compares how many rows a statement touched with how many it must have.
///
/// # Errors
///
/// When they differ.
pub fn expect_rows(statement: &'static str, expected: usize, actual: u64) -> Result<(), WrongRowCount> {
    if u64::try_from(expected) == Ok(actual) { Ok(()) } else { Err(WrongRowCount { statement, expected, actual }) }
}
