//! `/api/v1/events`.

mod amend;
mod create;
mod currency;
mod delete;
mod image_url;
mod list;
mod refused;
mod repeat;
mod seated;
