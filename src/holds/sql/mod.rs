//! Statements that read holds.

pub mod hold;
pub mod overdue_holds;
