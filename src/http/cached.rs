//! What a client may keep: entity tags, and whether it has what we would send.

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header, IfNoneMatch};

/// Whoever has the tag has it from us. `*` says nothing about what somebody has.
pub fn has_it(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|one| one.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}
