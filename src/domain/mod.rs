//! What the words mean: ids, quantities, money, times, states. Parsing happens here, and nothing here does I/O.

pub mod booking;
pub mod event;
pub mod hold;
pub mod hold_rules;
pub mod ids;
pub mod money;
pub mod payment_token;
pub mod quantity;
pub mod time;
