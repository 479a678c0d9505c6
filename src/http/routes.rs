//! The routes of a feature. A route is written once, in the `#[utoipa::path]` annotation of its handler: the router and the
//! OpenAPI document both read it there.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use actix_web::http::Method;
use actix_web::middleware::Compress;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use actix_web::{Resource, Route};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::tag::TagBuilder;

use super::body::BodyLimit;
use crate::telemetry::request::Endpoint;

/// The routes of these handlers, which must be in scope together with what their annotation generates (`__path_…`).
macro_rules! routes {
    ($($handler:ident),+ $(,)?) => {{
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler),+))]
        struct Part;
        $crate::http::routes::Routes::new(<Part as utoipa::OpenApi>::openapi)
            $(.route::<pastey::paste!([<__path_ $handler>])>(|route| route.to($handler)))+
    }};
}

pub(crate) use routes;

/// Routes with their part of the OpenAPI document. The router compares frequent addresses first, then the others in order.
pub struct Routes {
    resources: Vec<ResourceRoutes>,
    documents: Vec<fn() -> OpenApi>,
    /// Names and descriptions of the groups under which the document lists operations.
    tags: Vec<(&'static str, &'static str)>,
}

/// All methods of one address. It answers 405 to every other method.
struct ResourceRoutes {
    /// The address with its parameters in braces; also the `endpoint` of logs and metrics.
    template: &'static str,
    methods: Vec<(Method, Handle)>,
    /// Limit of a request's body in bytes, where it is not the service's.
    body_bytes_max: Option<usize>,
    compressed: bool,
    frequent: bool,
}

/// Gives a route its handler.
type Handle = fn(Route) -> Route;

impl Routes {
    /// No routes yet. `document` describes those that follow.
    pub fn new(document: fn() -> OpenApi) -> Self {
        Self { resources: Vec::new(), documents: vec![document], tags: Vec::new() }
    }

    /// Adds the route that the annotation `P` describes.
    #[must_use]
    pub fn route<P: utoipa::Path>(mut self, handle: Handle) -> Self {
        let template = interned(P::path());
        for method in P::methods() {
            self.resource(template).methods.push((actix_method(&method), handle));
        }
        self
    }

    /// Adds other routes behind these.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for added in other.resources {
            let resource = self.resource(added.template);
            resource.methods.extend(added.methods);
            resource.body_bytes_max = resource.body_bytes_max.max(added.body_bytes_max);
            resource.compressed |= added.compressed;
            resource.frequent |= added.frequent;
        }
        self.documents.extend(other.documents);
        self.tags.extend(other.tags);
        self
    }

    /// Describes a tag that the annotations of these routes name.
    #[must_use]
    pub fn tag(mut self, name: &'static str, description: &'static str) -> Self {
        self.tags.push((name, description));
        self
    }

    /// Lets the bodies of all these routes have up to so many bytes.
    #[must_use]
    pub fn bodies_up_to(mut self, bytes_max: usize) -> Self {
        self.resources.iter_mut().for_each(|resource| resource.body_bytes_max = Some(bytes_max));
        self
    }

    /// Compresses the answers of all these routes for clients that accept it.
    #[must_use]
    pub fn compressed(mut self) -> Self {
        self.resources.iter_mut().for_each(|resource| resource.compressed = true);
        self
    }

    /// Lets the router compare the addresses of these routes before all others: a sale asks for them most.
    #[must_use]
    pub fn frequent(mut self) -> Self {
        self.resources.iter_mut().for_each(|resource| resource.frequent = true);
        self
    }

    /// Answers HEAD wherever these routes answer GET.
    #[must_use]
    pub fn with_head(mut self) -> Self {
        for resource in &mut self.resources {
            let get = resource.methods.iter().find(|(method, _)| *method == Method::GET);
            if let Some((_, handle)) = get.cloned() {
                resource.methods.push((Method::HEAD, handle));
            }
        }
        self
    }

    /// Adds the routes to a server.
    pub fn configure(mut self, config: &mut ServiceConfig) {
        // A stable sort: the order of the others stays.
        self.resources.sort_by_key(|resource| !resource.frequent);
        for ResourceRoutes { template, methods, body_bytes_max, compressed, frequent: _ } in self.resources {
            let mut resource: Resource = web::resource(template).app_data(Endpoint(template));
            if let Some(bytes_max) = body_bytes_max {
                resource = resource.app_data(PayloadConfig::new(bytes_max)).app_data(BodyLimit(bytes_max));
            }
            for (method, handle) in methods {
                resource = resource.route(handle(web::method(method)));
            }
            if compressed {
                config.service(resource.wrap(Compress::default()));
            } else {
                config.service(resource);
            }
        }
    }

    /// The part of the OpenAPI document that describes these routes.
    pub fn document(&self) -> OpenApi {
        let parts = self.documents.iter().map(|document| document());
        let mut document = parts.reduce(OpenApi::merge_from).unwrap_or_default();
        let tag = |(name, description): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*description));
        document.tags = Some(self.tags.iter().map(|named| tag(named).build()).collect());
        document
    }

    /// The address's methods so far; none if it is new.
    fn resource(&mut self, template: &'static str) -> &mut ResourceRoutes {
        let known = self.resources.iter().position(|resource| resource.template == template);
        let index = known.unwrap_or_else(|| {
            let new = ResourceRoutes {
                template,
                methods: Vec::new(),
                body_bytes_max: None,
                compressed: false,
                frequent: false,
            };
            self.resources.push(new);
            self.resources.len() - 1
        });
        &mut self.resources[index]
    }
}

/// The same text with the life of the process: every server of the process, and every thread of it, has the same routes.
fn interned(template: String) -> &'static str {
    static TEMPLATES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = templates.get(template.as_str()) {
        return known;
    }
    let new: &'static str = Box::leak(template.into_boxed_str());
    templates.insert(new);
    new
}

fn actix_method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}
