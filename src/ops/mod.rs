//! Every writing transaction that is not inventory's: one file, one function, one transaction, its SQL.

pub mod add_to_series;
pub mod amend_venue;
pub mod create_event;
pub mod create_series;
pub mod create_venue;
pub mod creation; // how something is created: once, and without a guess after a lost COMMIT
pub mod demo_events;
pub mod forget_idempotency_keys;
pub mod stored_response;
