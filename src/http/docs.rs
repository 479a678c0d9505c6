//! Documentation for clients: the OpenAPI document, its user interface (vendored, so it needs no network), and the
//! page of error codes that problem documents link to.

use std::sync::{LazyLock, OnceLock};

use actix_web::http::header::{ContentType, LOCATION};
use actix_web::web::{Bytes, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse, Resource, Scope, web};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::errors_page;
use crate::error::ApiError;
use crate::telemetry::request::Endpoint;

/// Adds the routes of the documentation, which are not in the document themselves. `document` makes the document.
pub fn configure(config: &mut ServiceConfig, document: fn() -> OpenApi) {
    config
        .service(resource("/openapi.json").app_data(MakeDocument(document)).route(get().to(openapi_json)))
        .service(resource("/docs").route(get().to(redirect_to_ui)))
        .service(resource("/docs/errors").route(get().to(errors)))
        .service(ui());
}

/// Creates a resource whose path template is its `endpoint` in logs and metrics.
fn resource(template: &'static str) -> Resource {
    web::resource(template).app_data(Endpoint(template))
}

#[derive(Clone, Copy)]
struct MakeDocument(fn() -> OpenApi);

/// `GET /openapi.json`. It does not change while the process runs, so it is serialised once.
async fn openapi_json(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    static JSON: OnceLock<Bytes> = OnceLock::new();
    let MakeDocument(document) = *request
        .app_data::<MakeDocument>()
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("the route of the OpenAPI document has no document")))?;
    let json = JSON.get_or_init(|| {
        Bytes::from(document().to_json().expect("the document has only text, numbers, lists and maps with text keys"))
    });
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(json.clone()))
}

/// `GET /docs/errors`: the page that the `type` of a problem document links to.
async fn errors() -> HttpResponse {
    static PAGE: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(errors_page::render()));
    HttpResponse::Ok().content_type(ContentType::html()).body(PAGE.clone())
}

/// `GET /docs`. Redirects to `/docs/`, because the links of the user interface are relative to that folder.
async fn redirect_to_ui() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

/// `GET /docs/…`: the user interface.
fn ui() -> Scope {
    web::scope("/docs")
        .app_data(Endpoint("/docs/{file}"))
        // By default, the page sends the document to a validator on the internet.
        .service(SwaggerUi::new("/{_:.*}").config(Config::from("/openapi.json").validator_url("none")))
}
