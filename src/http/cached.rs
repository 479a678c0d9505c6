//! What a client may keep: entity tags, and whether it has what we would send.

use actix_web::http::header::{CACHE_CONTROL, ETAG, EntityTag, Header, IfNoneMatch, VARY};
use actix_web::{HttpRequest, HttpResponseBuilder};

/// Whoever has the tag has it from us. `*` says nothing about what somebody has.
pub fn matches_etag(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|one| one.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}

/// An answer that a client may keep as long as `cache_control` says.
pub fn cacheable(
    mut response: HttpResponseBuilder,
    tag: &EntityTag,
    cache_control: &'static str,
) -> HttpResponseBuilder {
    response.insert_header((ETAG, tag.to_string())).insert_header((CACHE_CONTROL, cache_control));
    // The compression says so too, but not where it has nothing to do.
    response.insert_header((VARY, "Accept-Encoding"));
    response
}
