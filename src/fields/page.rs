//! Page size of listings.

use boxoffice_engine::invalid::Invalid;

/// Rows of a page if the request has no `limit`.
pub const PAGE_ROWS_DEFAULT: u32 = 20;
/// Most rows of a page.
pub const PAGE_ROWS_MAX: u32 = 100;

/// Parses the query parameter `limit`: 1 to [`PAGE_ROWS_MAX`], default [`PAGE_ROWS_DEFAULT`].
///
/// # Errors
/// The text is no number in that range.
pub fn parse_limit(text: Option<&str>) -> Result<u32, Invalid> {
    let Some(text) = text else { return Ok(PAGE_ROWS_DEFAULT) };
    let in_range = |limit: &u32| (1..=PAGE_ROWS_MAX).contains(limit);
    let out_of_range = || Invalid::new("limit", format!("must be 1 to {PAGE_ROWS_MAX}"));
    text.parse().ok().filter(in_range).ok_or_else(out_of_range)
}
