//! Buyers that repeat a request until its answer is not 503, as the documentation tells clients to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{Client, Reply};

/// Longer than any answer takes on the slowest machine.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// The pause before a repeat.
const REPEAT_PAUSE: Duration = Duration::from_millis(10);
const BUYERS: usize = 8;

/// A request that can be repeated until it is answered.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Value>,
}

impl Request {
    pub fn get(path: String) -> Self {
        Self { method: Method::GET, path, headers: Vec::new(), body: None }
    }

    pub fn place(event_id: &str) -> Self {
        let headers = vec![("Idempotency-Key", Uuid::now_v7().to_string())];
        let body = Some(json!({"event_id": event_id, "qty": 1}));
        Self { method: Method::POST, path: "/api/v1/holds".to_owned(), headers, body }
    }

    pub fn book(hold: &Reply) -> Self {
        let body = Some(json!({"hold_id": hold.body["hold_id"], "payment_token": hold.body["payment_token"]}));
        Self { method: Method::POST, path: "/api/v1/book".to_owned(), headers: Vec::new(), body }
    }

    /// A request about a hold, with its payment token.
    pub fn on_hold(method: Method, hold: &Reply, rest: &str) -> Self {
        let path = format!("/api/v1/holds/{}{rest}", hold.id("hold_id"));
        Self { method, path, headers: vec![("X-Payment-Token", hold.id("payment_token"))], body: None }
    }

    pub async fn send(&self, client: &Client) -> Reply {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let sent = client.send(self.method.clone(), &self.path, &headers, self.body.clone());
        timeout(ANSWER_TIMEOUT, sent).await.unwrap_or_else(|_| panic!("{} {} has no answer", self.method, self.path))
    }

    /// Repeats the request until its answer is not 503, and counts the 503 answers in `unavailable`.
    pub async fn send_until_available(&self, client: &Client, unavailable: &AtomicUsize) -> Reply {
        let mut pause = tokio::time::interval(REPEAT_PAUSE);
        loop {
            pause.tick().await;
            let reply = self.send(client).await;
            if reply.status != 503 {
                return reply;
            }
            assert!(!reply.header("retry-after").is_empty(), "{:?}", reply.headers);
            unavailable.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Buyers that hold and book until they are stopped.
pub struct Crowd {
    progress: Arc<Progress>,
    buyers: Vec<JoinHandle<Vec<Reply>>>,
}

/// Counts shared by all buyers, and the flag that stops them.
#[derive(Default)]
struct Progress {
    /// Holds that became bookings.
    acknowledged: AtomicUsize,
    /// Answers with 503.
    refused: AtomicUsize,
    stopped: AtomicBool,
}

/// Ids of everything that was acknowledged.
pub struct Bought {
    pub holds: Vec<String>,
    pub bookings: Vec<String>,
}

impl Crowd {
    /// Starts buyers, each of which holds and books again and again.
    pub fn start(client: &Client, event_id: &str) -> Self {
        let progress = Arc::new(Progress::default());
        let buyer = |_| tokio::spawn(buy(client.clone(), event_id.to_owned(), progress.clone()));
        Self { buyers: (0..BUYERS).map(buyer).collect(), progress }
    }

    /// Waits until `more` further holds have become bookings.
    pub async fn until_more_are_acknowledged(&self, more: usize) {
        until_more(&self.progress.acknowledged, more).await;
    }

    /// Waits until `more` further requests have been answered with 503.
    pub async fn until_more_are_refused(&self, more: usize) {
        until_more(&self.progress.refused, more).await;
    }

    /// Stops the buyers after their current requests, and returns everything that was acknowledged.
    pub async fn stop(self) -> Bought {
        self.progress.stopped.store(true, Ordering::SeqCst);
        let bought =
            timeout(ANSWER_TIMEOUT, join_all(self.buyers)).await.expect("every request is answered in the end");
        let bookings = bought.into_iter().flat_map(|bought| bought.expect("a buyer gets the expected answers"));
        let (holds, bookings) = bookings.map(|booking| (booking.id("hold_id"), booking.id("booking_id"))).unzip();
        Bought { holds, bookings }
    }
}

async fn buy(client: Client, event_id: String, progress: Arc<Progress>) -> Vec<Reply> {
    let mut bought = Vec::new();
    while !progress.stopped.load(Ordering::SeqCst) {
        let hold = Request::place(&event_id).send_until_available(&client, &progress.refused).await.expect(201);
        bought.push(Request::book(&hold).send_until_available(&client, &progress.refused).await.expect(201));
        progress.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    bought
}

async fn until_more(count: &AtomicUsize, more: usize) {
    let expected = count.load(Ordering::SeqCst) + more;
    let mut polls = tokio::time::interval(REPEAT_PAUSE);
    let reached = async {
        while count.load(Ordering::SeqCst) < expected {
            polls.tick().await;
        }
    };
    timeout(ANSWER_TIMEOUT, reached).await.expect("the buyers are answered");
}
