//! What sends load, and what it measures.

pub mod closed_loop; // clients that send the next request when the last is answered
pub mod open_loop; // requests at times of their own, however slow the answers are
pub mod recorder; // latencies and verdicts of one window
pub mod sale; // seats of one event, until there are none
pub mod schedule; // when the requests of an open loop are meant to start
pub mod visitor; // what one client does next, and what the answer is worth
pub mod zipf; // few events that everybody wants, many that few do
