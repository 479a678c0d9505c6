//! Write transactions outside `inventory`. Each file has one public operation: one transaction with its SQL.

pub mod add_to_series;
pub mod amend_venue;
pub mod create_event;
pub mod create_series;
pub mod create_venue;
pub mod creation; // create once per idempotency key, and resolve a lost COMMIT
pub mod demo_events;
pub mod forget_idempotency_keys;
pub mod stored_response;
