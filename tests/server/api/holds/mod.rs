//! `/api/v1/holds`.

mod best_available;
mod expire;
mod extend;
mod items;
mod place;
mod reclaim;
mod refused;
mod release;
mod repeat;
mod room;
mod sale;
mod seats;
mod show;
