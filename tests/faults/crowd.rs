//! Buyers who repeat what was answered with 503, as the documentation tells clients to, until it is settled.

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
pub const PATIENCE: Duration = Duration::from_secs(20);
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
    pub fn read(path: String) -> Self {
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

    /// What only its possessor may do with a hold.
    pub fn of_hold(method: Method, hold: &Reply, rest: &str) -> Self {
        let path = format!("/api/v1/holds/{}{rest}", hold.id("hold_id"));
        Self { method, path, headers: vec![("X-Payment-Token", hold.id("payment_token"))], body: None }
    }

    pub async fn send(&self, client: &Client) -> Reply {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let sent = client.send(self.method.clone(), &self.path, &headers, self.body.clone());
        timeout(PATIENCE, sent).await.unwrap_or_else(|_| panic!("{} {} is not answered", self.method, self.path))
    }

    /// Until the answer is another than 503; counts those that are.
    pub async fn settle(&self, client: &Client, unavailable: &AtomicUsize) -> Reply {
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

/// Buyers at work.
pub struct Crowd {
    told: Arc<Told>,
    buyers: Vec<JoinHandle<Vec<Reply>>>,
}

/// What they were told, and whether they may go home.
#[derive(Default)]
struct Told {
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
    enough: AtomicBool,
}

/// What they have, by its ids.
pub struct Bought {
    pub holds: Vec<String>,
    pub bookings: Vec<String>,
}

impl Crowd {
    /// Each holds and books, again and again, until they are sent home.
    pub fn gather(client: &Client, event_id: &str) -> Self {
        let told = Arc::new(Told::default());
        let buyer = |_| tokio::spawn(buy(client.clone(), event_id.to_owned(), told.clone()));
        Self { buyers: (0..BUYERS).map(buyer).collect(), told }
    }

    /// Returns when so many more holds became bookings.
    pub async fn until_more_are_acknowledged(&self, more: usize) {
        until_more(&self.told.acknowledged, more).await;
    }

    /// Returns when so many more requests were answered with 503.
    pub async fn until_more_are_refused(&self, more: usize) {
        until_more(&self.told.refused, more).await;
    }

    /// Waits for those that are not settled yet.
    pub async fn send_home(self) -> Bought {
        self.told.enough.store(true, Ordering::SeqCst);
        let bought = timeout(PATIENCE, join_all(self.buyers)).await.expect("everything is settled in the end");
        let bookings = bought.into_iter().flat_map(|bought| bought.expect("a buyer is answered as promised"));
        let (holds, bookings) = bookings.map(|booking| (booking.id("hold_id"), booking.id("booking_id"))).unzip();
        Bought { holds, bookings }
    }
}

async fn buy(client: Client, event_id: String, told: Arc<Told>) -> Vec<Reply> {
    let mut bought = Vec::new();
    while !told.enough.load(Ordering::SeqCst) {
        let hold = Request::place(&event_id).settle(&client, &told.refused).await.expect(201);
        bought.push(Request::book(&hold).settle(&client, &told.refused).await.expect(201));
        told.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    bought
}

async fn until_more(count: &AtomicUsize, more: usize) {
    let enough = count.load(Ordering::SeqCst) + more;
    let mut looks = tokio::time::interval(REPEAT_PAUSE);
    let come = async {
        while count.load(Ordering::SeqCst) < enough {
            looks.tick().await;
        }
    };
    timeout(PATIENCE, come).await.expect("the buyers are answered");
}
