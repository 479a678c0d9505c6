//! What people read: the OpenAPI document, its user interface (vendored: no network), and the table of errors that
//! problem documents point to.

use std::sync::LazyLock;

use actix_web::http::header::{ContentType, LOCATION};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, Scope, web};
use utoipa::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::errors_page;
use super::openapi::Document;
use crate::telemetry::request::Endpoint;

/// `GET /openapi.json`. It never changes while the process runs, so it is written once.
pub async fn openapi_json() -> HttpResponse {
    static JSON: LazyLock<Bytes> = LazyLock::new(|| {
        let json = Document::openapi().to_json();
        Bytes::from(json.expect("the document is text, numbers and lists, which serialise"))
    });
    HttpResponse::Ok().content_type(ContentType::json()).body(JSON.clone())
}

/// `GET /docs/errors`: where the `type` of a problem leads.
pub async fn errors() -> HttpResponse {
    static PAGE: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(errors_page::render()));
    HttpResponse::Ok().content_type(ContentType::html()).body(PAGE.clone())
}

/// `GET /docs`: the user interface links to its files relative to a folder.
pub async fn to_ui() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

/// `GET /docs/…`.
pub fn ui() -> Scope {
    web::scope("/docs")
        .app_data(Endpoint("/docs/{file}"))
        // Unless told otherwise, the page shows the document to a validator on the internet.
        .service(SwaggerUi::new("/{_:.*}").config(Config::from("/openapi.json").validator_url("none")))
}
