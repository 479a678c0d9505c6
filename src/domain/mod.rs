//! What the words mean: ids, quantities, money, times, states. Parsing happens here, and nothing here does I/O.

pub mod hold_rules;
