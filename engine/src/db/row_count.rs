//! Check of the number of rows that a writing statement changed.

/// A statement changed an unexpected number of rows: a bug, or a write without the row lock. The caller must roll back.
#[derive(Debug, thiserror::Error)]
#[error("{statement} changed {actual} rows instead of {expected}")]
pub struct WrongRowCount {
    statement: &'static str,
    expected: usize,
    actual: u64,
}

/// Checks the number of rows that a statement changed.
///
/// # Errors
///
/// When `actual` differs from `expected`.
pub fn expect_rows(statement: &'static str, expected: usize, actual: u64) -> Result<(), WrongRowCount> {
    if u64::try_from(expected) == Ok(actual) { Ok(()) } else { Err(WrongRowCount { statement, expected, actual }) }
}
