//! The log lines of `boxoffice serve`: one JSON object each, and one line per request.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::Database;
use crate::support::process::{LONG_TIMEOUTS, ServerProcess, free_port};

/// Longest wait for a log line. It is written within milliseconds.
const LINE_WAIT_MAX: Duration = Duration::from_secs(20);

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A server that logs at `info`, and the lines that it has written.
struct LoggingServer {
    process: ServerProcess,
    lines: Receiver<Value>,
}

impl LoggingServer {
    async fn start(database: &Database) -> Self {
        let (reader, writer) = std::io::pipe().expect("a pipe opens");
        let settings = [&LONG_TIMEOUTS[..], &[("LOG_LEVEL", "info"), ("LOG_FORMAT", "json")]].concat();
        let process = ServerProcess::start_logging_to(writer.into(), free_port(), database, &settings).await;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(reader).lines() {
                let line = line.expect("log lines are text");
                let line = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { process, lines }
    }

    /// The line of the request with this id. Every line up to it has the members that all lines have.
    fn line_of_request(&self, request_id: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(LINE_WAIT_MAX).expect("the request has a line");
            for member in ["level", "target", "message"] {
                assert!(line[member].is_string(), "{member}: {line}");
            }
            let timestamp = line["timestamp"].as_str().unwrap_or_default();
            OffsetDateTime::parse(timestamp, &Rfc3339).unwrap_or_else(|error| panic!("{error}: {line}"));
            if line["target"] == "boxoffice::request" && line["request_id"] == request_id {
                return line;
            }
        }
    }
}

fn members(line: &Value) -> Vec<&str> {
    line.as_object().expect("a line is an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_request_has_one_line_with_its_id_its_trace_and_what_became_of_it() {
    let database = Database::create().await;
    let server = LoggingServer::start(&database).await;
    let client = &server.process.client;
    let event = client.post("/api/v1/events", json!({ "name": "A \"quoted\" show", "total_seats": 10 })).await;
    let event_id = event.body["event_id"].as_str().expect("the event is created");

    let headers = [("x-request-id", "place-1"), ("traceparent", TRACEPARENT)];
    let body = json!({ "event_id": event_id, "qty": 2 });
    let placed = client.send(Method::POST, "/api/v1/holds", &headers, Some(body)).await;
    assert_eq!(placed.headers["x-request-id"], "place-1");
    let line = server.line_of_request("place-1");
    let expected = json!({
        "timestamp": line["timestamp"], "duration_ms": line["duration_ms"],
        "level": "INFO", "target": "boxoffice::request", "message": "request",
        "request_id": "place-1", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "method": "POST", "route": "/api/v1/holds", "status": 201, "event_id": event_id,
        "hold_id": placed.body["hold_id"],
    });
    assert_eq!(line, expected);
    assert!(line["duration_ms"].is_f64(), "{line}");

    let unknown = "/api/v1/holds/00000000-0000-7000-8000-000000000001";
    let refused = client.send(Method::GET, unknown, &[("x-request-id", "show-1")], None).await;
    assert_eq!(refused.body["request_id"], "show-1");
    let line = server.line_of_request("show-1");
    let refused = [
        "code",
        "duration_ms",
        "hold_id",
        "level",
        "message",
        "method",
        "request_id",
        "route",
        "status",
        "target",
        "timestamp",
    ];
    assert_eq!(members(&line), refused, "{line}");
    assert_eq!((&line["status"], &line["code"]), (&json!(404), &json!("HOLD_NOT_FOUND")));
    // No second line with the same id.
    client.send(Method::GET, "/health/live", &[("x-request-id", "last")], None).await;
    let between = std::iter::from_fn(|| server.lines.recv_timeout(LINE_WAIT_MAX).ok());
    let between: Vec<_> = between.take_while(|line| line["request_id"] != "last").collect();
    assert!(between.iter().all(|line| line["request_id"] != "show-1"), "{between:?}");
}

#[tokio::test]
async fn a_request_whose_client_is_gone_has_a_line_too() {
    let database = Database::create().await;
    let server = LoggingServer::start(&database).await;
    let event = server.process.client.post("/api/v1/events", json!({ "name": "A show", "total_seats": 10 })).await;
    let body = json!({ "event_id": event.body["event_id"], "qty": 1 }).to_string();
    let blocker = database.lock_all_events().await;

    let mut connection = TcpStream::connect(("127.0.0.1", server.process.port)).expect("the server listens");
    let length = body.len();
    let request = format!(
        "POST /api/v1/holds HTTP/1.1\r\nhost: localhost\r\nx-request-id: gone-1\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    connection.write_all(request.as_bytes()).expect("the request is sent");
    database.wait_for_blocked_statement().await;
    drop(connection);

    let line = server.line_of_request("gone-1");
    assert_eq!((&line["abandoned"], &line["level"]), (&json!(true), &json!("INFO")), "{line}");
    assert!(line.get("status").is_none(), "{line}");
    blocker.rollback().await.expect("the lock is released");
}
