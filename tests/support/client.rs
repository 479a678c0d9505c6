//! HTTP client that sends JSON to one server.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// HTTP client of one server. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
}

/// HTTP response, read completely.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    /// Body as JSON; null if it is not JSON.
    pub body: Value,
    /// Body as text.
    pub text: String,
}

impl Client {
    pub fn new(base: impl Into<String>) -> Self {
        // Fails for every client but the first, because the provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().expect("a client without TLS builds");
        Self { base: base.into(), http }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, &[], Some(body)).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Reply {
        self.try_send(method, path, headers, body).await.unwrap_or_else(|error| panic!("{path}: {error:?}"))
    }

    /// Sends a request to a server that may be killed meanwhile; returns a broken connection as an error.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> reqwest::Result<Reply> {
        let mut request = self.http.request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Reply::read(request.send().await?).await
    }

    /// Sends the body unchanged. Sets no `Content-Type`; pass it in `headers`.
    pub async fn send_text(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = self.http.request(method, self.url(path)).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answered = async { Reply::read(request.send().await?).await };
        answered.await.unwrap_or_else(|error| panic!("{path}: {error:?}"))
    }

    /// Returns the body as bytes, still compressed if the server compressed it. `Reply::body` and `text` stay empty.
    pub async fn get_bytes(&self, path: &str, headers: &[(&str, &str)]) -> (Reply, Vec<u8>) {
        let mut request = self.http.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        (Reply { status, headers, body: Value::Null, text: String::new() }, bytes.to_vec())
    }

    /// Sends a POST with an `Idempotency-Key` header.
    pub async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, &[("Idempotency-Key", key)], Some(body.clone())).await
    }

    /// Creates an event on sale, with one pool and one free ticket type; returns its id.
    pub async fn event(&self, total_seats: u32) -> String {
        let reply = self.post("/api/v1/events", json!({"name": "A show", "total_seats": total_seats})).await;
        reply.expect(201).id("event_id")
    }

    pub async fn hold(&self, event_id: &str, qty: u32) -> Reply {
        self.post("/api/v1/holds", json!({"event_id": event_id, "qty": qty})).await
    }

    pub async fn book(&self, hold: &Reply) -> Reply {
        let body = json!({"hold_id": hold.body["hold_id"], "payment_token": hold.body["payment_token"]});
        self.post("/api/v1/book", body).await
    }

    pub async fn extend(&self, hold: &Reply) -> Reply {
        let path = format!("/api/v1/holds/{}/extend", hold.id("hold_id"));
        self.send(Method::POST, &path, &[("X-Payment-Token", &hold.id("payment_token"))], None).await
    }

    pub async fn release(&self, hold: &Reply) -> Reply {
        let path = format!("/api/v1/holds/{}", hold.id("hold_id"));
        self.send(Method::DELETE, &path, &[("X-Payment-Token", &hold.id("payment_token"))], None).await
    }

    pub async fn expire(&self, hold: &Reply) -> Reply {
        self.send(Method::POST, &format!("/api/v1/holds/{}/expire", hold.id("hold_id")), &[], None).await
    }

    pub async fn cancel(&self, booking: &Reply) -> Reply {
        self.send(Method::POST, &format!("/api/v1/bookings/{}/cancel", booking.id("booking_id")), &[], None).await
    }

    /// Value of one Prometheus series, given by name and labels; 0 if `/metrics` does not list it.
    pub async fn metric(&self, series: &str) -> f64 {
        let scraped = self.get("/metrics").await.expect(200).text;
        let value = scraped.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().expect("a value is a number"))
    }

    pub async fn status(&self, event_id: &str) -> Value {
        self.get(&format!("/api/v1/events/{event_id}/status")).await.expect(200).body
    }
}

impl Reply {
    async fn read(response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await?;
        Ok(Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text })
    }

    /// Asserts the status; the failure message shows the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Asserts an RFC 9457 problem document with this status and code, and with all its members.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{}", reply.text);
        assert_eq!(reply.body["code"], code, "{}", reply.text);
        assert_eq!(reply.body["status"], status, "{}", reply.text);
        assert!(reply.body["title"].is_string(), "{}", reply.text);
        assert_eq!(reply.body["request_id"], reply.header("x-request-id"), "{}", reply.text);
        reply
    }

    /// Asserts a `VALIDATION_FAILED` problem; `pointer` names the invalid field, header or query parameter.
    #[track_caller]
    pub fn expect_invalid(self, pointer: &str) -> Self {
        let reply = self.expect_problem(422, "VALIDATION_FAILED");
        assert_eq!(reply.body["pointer"], pointer, "{}", reply.text);
        assert!(reply.body["detail"].is_string(), "{}", reply.text);
        reply
    }

    /// String member of the body, such as an id or a token.
    #[track_caller]
    pub fn id(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.text)).to_owned()
    }

    /// Header value; empty if the header is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn is_replayed(&self) -> bool {
        self.header("idempotent-replayed") == "true"
    }
}
