//! Events, holds, bookings, blocks and seats: states are enums with one `match` of their legal moves.

pub mod block;
pub mod booking;
pub mod event;
pub mod hold;
pub mod seat;
