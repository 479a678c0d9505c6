//! `/api/v1/book` and `/api/v1/bookings`.

mod book;
mod cancel;
mod portion;
