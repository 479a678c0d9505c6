//! Statements about idempotency keys.

pub mod forget;
pub mod stored_response;
