//! How much of a listing one answer has.

use super::invalid::Invalid;

/// Rows of a page, unless the request says, and at most.
pub const PAGE_ROWS_DEFAULT: u32 = 20;
pub const PAGE_ROWS_MAX: u32 = 100;

/// The query parameter `limit`: 1 to [`PAGE_ROWS_MAX`].
pub fn limit(text: Option<&str>) -> Result<u32, Invalid> {
    let Some(text) = text else { return Ok(PAGE_ROWS_DEFAULT) };
    let in_range = |limit: &u32| (1..=PAGE_ROWS_MAX).contains(limit);
    let wrong = || Invalid::new("limit", format!("must be 1 to {PAGE_ROWS_MAX}"));
    text.parse().ok().filter(in_range).ok_or_else(wrong)
}
