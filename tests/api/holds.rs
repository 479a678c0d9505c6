//! `/api/v1/holds`.

mod expire;
mod extend;
mod place;
mod reclaim;
mod refused;
mod release;
mod repeat;
mod room;
mod sale;
mod show;
