//! HTTP caching: entity tags and cache headers.

use actix_web::http::header::{CACHE_CONTROL, ETAG, EntityTag, Header, IfNoneMatch, VARY};
use actix_web::{HttpRequest, HttpResponseBuilder};

/// Whether `If-None-Match` lists this ETag, compared weakly. `*` does not count: it does not say which version the
/// client has.
pub fn matches_etag(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|listed| listed.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}

/// Adds `ETag`, `Cache-Control` and `Vary` to a response.
pub fn add_cache_headers(
    mut response: HttpResponseBuilder,
    tag: &EntityTag,
    cache_control: &'static str,
) -> HttpResponseBuilder {
    response.insert_header((ETAG, tag.to_string())).insert_header((CACHE_CONTROL, cache_control));
    // The compression middleware adds it too, but only to responses that it compresses.
    response.insert_header((VARY, "Accept-Encoding"));
    response
}
