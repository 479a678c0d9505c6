//! Two instances behind nginx, restarted one after the other, as a deployment does. `bench/rolling-restarts.sh` is the long
//! form of this test, with a fixed request rate and the binaries of the benchmark.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::nginx::Nginx;
use crate::support::process::{LONG_TIMEOUTS, ServerProcess, free_port};
use crate::support::{Client, Database, Reply};

const CLIENTS: usize = 8;
/// The shortest drain window above zero, so that the instances are restarted in quick succession.
const DRAIN: (&str, &str) = ("DRAIN_SECONDS", "1");
/// The pause of a client between requests, so that the machine is not overloaded.
const CLIENT_PAUSE: Duration = Duration::from_millis(10);

#[tokio::test(flavor = "multi_thread")]
async fn while_instances_are_restarted_one_after_the_other_every_request_succeeds_with_at_most_one_repeat() {
    let database = Database::create().await;
    let ports = [free_port(), free_port()];
    let addresses = ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let nginx = Nginx::start(&addresses, "60s").await;
    let mut first = start(ports[0], &database).await;
    let mut second = start(ports[1], &database).await;
    let event_id = nginx.operators.event(1_000_000).await;
    let sale = Sale::open(&nginx.public, &event_id);

    for _ in 0..2 {
        sale.until_clients_are_served().await;
        first = restart(first, &database).await;
        sale.until_clients_are_served().await;
        second = restart(second, &database).await;
    }
    sale.until_clients_are_served().await;
    let (holds, repeated) = sale.close().await;
    println!("{} holds, {repeated} requests were repeated", holds.len());
    database.assert_rows_exist("holds", "hold_id", &holds, "the restarts").await;
    database.assert_invariants_hold().await;
    drop((first, second));
}

async fn start(port: u16, database: &Database) -> ServerProcess {
    let settings = [&LONG_TIMEOUTS[..], &[DRAIN]].concat();
    ServerProcess::start_on_port(port, database, &settings).await
}

async fn restart(server: ServerProcess, database: &Database) -> ServerProcess {
    let port = server.port;
    server.terminate();
    assert_eq!(tokio::task::block_in_place(|| server.exit_code()), Some(0));
    start(port, database).await
}

/// Clients that place holds, and repeat a request answered with 503 once.
struct Sale {
    clients: Vec<JoinHandle<Vec<String>>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    acknowledged: AtomicUsize,
    repeated: AtomicUsize,
    closed: AtomicBool,
}

impl Sale {
    fn open(client: &Client, event_id: &str) -> Self {
        let shared = Arc::new(Shared::default());
        let clients = (0..CLIENTS).map(|_| tokio::spawn(buy(client.clone(), event_id.to_owned(), shared.clone())));
        Self { clients: clients.collect(), shared }
    }

    async fn until_clients_are_served(&self) {
        let expected = self.shared.acknowledged.load(Ordering::SeqCst) + 2 * CLIENTS;
        let mut polls = tokio::time::interval(CLIENT_PAUSE);
        while self.shared.acknowledged.load(Ordering::SeqCst) < expected {
            polls.tick().await;
            assert!(self.clients.iter().all(|client| !client.is_finished()), "a client has failed");
        }
    }

    /// Stops the clients; returns the acknowledged holds and the number of repeated requests.
    async fn close(self) -> (Vec<String>, usize) {
        self.shared.closed.store(true, Ordering::SeqCst);
        let holds = join_all(self.clients).await.into_iter().flat_map(|holds| holds.expect("no request failed"));
        (holds.collect(), self.shared.repeated.load(Ordering::SeqCst))
    }
}

async fn buy(client: Client, event_id: String, shared: Arc<Shared>) -> Vec<String> {
    let mut holds = Vec::new();
    let mut pause = tokio::time::interval(CLIENT_PAUSE);
    while !shared.closed.load(Ordering::SeqCst) {
        pause.tick().await;
        let key = Uuid::now_v7().to_string();
        let body = json!({"event_id": event_id, "qty": 1});
        let headers = [("Idempotency-Key", key.as_str())];
        let place = || client.send(Method::POST, "/api/v1/holds", &headers, Some(body.clone()));
        let mut hold = place().await;
        if hold.status == 503 {
            shared.repeated.fetch_add(1, Ordering::SeqCst);
            wait_retry_after(&hold).await;
            hold = place().await;
        }
        holds.push(hold.expect(201).id("hold_id"));
        shared.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    holds
}

/// Waits as `Retry-After` says. A stopping instance resets connections that it has not accepted, and a repeat sent at
/// once could reach it before it stops listening.
async fn wait_retry_after(refused: &Reply) {
    let seconds = refused.header("retry-after").parse().expect("a 503 has Retry-After in seconds");
    let mut interval = tokio::time::interval(Duration::from_secs(seconds));
    // The first tick is immediate.
    interval.tick().await;
    interval.tick().await;
}
