//! What a property reports when it does not hold.

use std::fmt::Debug;

/// Text for the reader of a failed test.
pub type Violation = String;

/// Returns a violation with both values if they differ.
pub fn check_equal<T: PartialEq + Debug>(label: &str, found: &T, expected: &T) -> Result<(), Violation> {
    if found == expected { Ok(()) } else { Err(format!("{label}: {found:?} instead of {expected:?}")) }
}
