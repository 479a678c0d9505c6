//! Pages of listings and their cursors.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::ApiError;

/// Rows to fetch for a page: one more than the page has, which shows whether there is another page.
pub fn rows_to_fetch(limit: u32) -> u32 {
    limit + 1
}

/// Cuts the fetched rows to a page of `limit` rows. If there is another page, also returns the cursor of the last row.
pub fn cut_page<T>(mut found: Vec<T>, limit: u32, encode_cursor: impl Fn(&T) -> Vec<u8>) -> (Vec<T>, Option<String>) {
    let page_rows = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_next = found.len() > page_rows;
    found.truncate(page_rows);
    let next_cursor = found.last().filter(|_| has_next).map(|last| BASE64_URL_SAFE_NO_PAD.encode(encode_cursor(last)));
    (found, next_cursor)
}

/// Parses a cursor to a position in the listing.
///
/// # Errors
/// `VALIDATION_FAILED` if the service cannot have issued this cursor.
pub fn parse_cursor<T>(cursor: Option<&str>, decode: impl Fn(&[u8]) -> Option<T>) -> Result<Option<T>, ApiError> {
    let invalid = || ApiError::invalid("cursor", "must be the next_cursor of the previous page");
    let parse = |text| BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| decode(&bytes)).ok_or_else(invalid);
    cursor.map(parse).transpose()
}
