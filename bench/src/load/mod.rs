//! Load: how requests are sent, and how answers are recorded.

pub mod closed_loop; // clients that send the next request when the last one is answered
pub mod open_loop; // requests at scheduled times, independent of answers
pub mod recorder; // latencies and outcomes of one window
pub mod sale; // a sale of the seats of one event
pub mod schedule; // scheduled starts of an open loop
pub mod visitor; // the requests of one client, and the outcome of an answer
pub mod zipf; // uniform and Zipf distributions of events
