//! A page of a listing, and the cursor to the next one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::ApiError;

/// How many rows to ask for: one more than the page has tells whether there is another.
pub fn rows(limit: u32) -> u32 {
    limit + 1
}

/// What was found, cut to a page; with the cursor of its last row, if there is another page.
pub fn page<T>(mut found: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Vec<u8>) -> (Vec<T>, Option<String>) {
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let another = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| another).map(|last| BASE64_URL_SAFE_NO_PAD.encode(cursor(last)));
    (found, next)
}

/// The place in the listing that a cursor names.
///
/// # Errors
/// `VALIDATION_FAILED` if it is none of ours.
pub fn position<T>(cursor: Option<&str>, read: impl Fn(&[u8]) -> Option<T>) -> Result<Option<T>, ApiError> {
    let wrong = || ApiError::invalid("cursor", "must be the next_cursor of the page before");
    let position = |cursor| BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| read(&bytes)).ok_or_else(wrong);
    cursor.map(position).transpose()
}
