//! Idempotency: keys, fingerprints and stored responses, so that a repeated request has one effect and one answer.

pub mod created;
pub mod creation;
pub mod key;
pub mod sql;
pub mod worker;
