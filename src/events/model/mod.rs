//! Rules of events beyond the engine's: new events, changes, searches, and events sold with a venue's layout.

pub mod event_fields;
pub mod event_search;
pub mod new_event;
pub mod seated_event;
pub mod whole_event;
