//! Every writing transaction that is not inventory's: one file, one function, one transaction, its SQL.

pub mod create_event;
pub mod demo_event;
pub mod forget_idempotency_keys;
pub mod kept_answer;

/// A statement touched another number of rows than it must have: a bug, and the transaction is rolled back.
#[derive(Debug, thiserror::Error)]
#[error("{statement} touched {actual} rows instead of {expected}")]
pub struct WrongRowCount {
    pub statement: &'static str,
    pub expected: usize,
    pub actual: u64,
}

/// Checks how many rows a statement touched.
fn touched(statement: &'static str, expected: usize, actual: u64) -> Result<(), WrongRowCount> {
    if u64::try_from(expected) == Ok(actual) { Ok(()) } else { Err(WrongRowCount { statement, expected, actual }) }
}
