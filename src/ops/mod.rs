//! Every writing transaction that is not inventory's: one file, one function, one transaction, its SQL.

pub mod create_event;
pub mod demo_event;
pub mod forget_idempotency_keys;
pub mod kept_answer;
