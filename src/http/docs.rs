//! Documentation for clients: the OpenAPI document, its user interface (vendored, so it needs no network), and the
//! page of error codes that problem documents link to.

use std::sync::LazyLock;

use actix_web::http::header::{ContentType, LOCATION};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, Scope, web};
use utoipa::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::errors_page;
use super::openapi::Document;
use crate::telemetry::request::Endpoint;

/// `GET /openapi.json`. It does not change while the process runs, so it is serialised once.
pub async fn openapi_json() -> HttpResponse {
    static JSON: LazyLock<Bytes> = LazyLock::new(|| {
        let json = Document::openapi().to_json();
        Bytes::from(json.expect("the document has only text, numbers, lists and maps with text keys"))
    });
    HttpResponse::Ok().content_type(ContentType::json()).body(JSON.clone())
}

/// `GET /docs/errors`: the page that the `type` of a problem document links to.
pub async fn errors() -> HttpResponse {
    static PAGE: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(errors_page::render()));
    HttpResponse::Ok().content_type(ContentType::html()).body(PAGE.clone())
}

/// `GET /docs`. Redirects to `/docs/`, because the links of the user interface are relative to that folder.
pub async fn redirect_to_ui() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

/// `GET /docs/…`: the user interface.
pub fn ui() -> Scope {
    web::scope("/docs")
        .app_data(Endpoint("/docs/{file}"))
        // By default, the page sends the document to a validator on the internet.
        .service(SwaggerUi::new("/{_:.*}").config(Config::from("/openapi.json").validator_url("none")))
}
