//! The server is killed with SIGKILL under load. Every acknowledged hold and booking exists afterwards.

use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use crate::support::process::ServerProcess;
use crate::support::{Client, Database};

const KILLS: usize = 20;
const CLIENTS: usize = 16;
/// Approximate number of bookings after which the server is killed, while other requests are still running.
const ACKNOWLEDGED_BEFORE_KILL: usize = 100;

#[derive(Default)]
struct Acknowledged {
    holds: Vec<String>,
    bookings: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed_20_times_under_load() {
    let database = Database::create().await;
    let mut server = ServerProcess::start(&database).await;
    let event_id = server.client.event(1_000_000).await;
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));

    for kill in 0..KILLS {
        let enough = Arc::new(Notify::new());
        let load = join_all((0..CLIENTS).map(|_| {
            let (client, event_id) = (server.client.clone(), event_id.clone());
            tokio::spawn(hold_and_book_until_killed(client, event_id, acknowledged.clone(), enough.clone()))
        }));
        enough.notified().await;
        server.kill();
        load.await;
        let (acknowledged, after) = (acknowledged.lock().await, format!("kill {kill}"));
        database.assert_rows_exist("holds", "hold_id", &acknowledged.holds, &after).await;
        database.assert_rows_exist("bookings", "booking_id", &acknowledged.bookings, &after).await;
        server = ServerProcess::start(&database).await;
    }
    database.assert_invariants_hold().await;
    assert_eq!(database.open_transactions().await, 0);
}

async fn hold_and_book_until_killed(
    client: Client,
    event_id: String,
    acknowledged: Arc<Mutex<Acknowledged>>,
    enough: Arc<Notify>,
) {
    for n in 1.. {
        let key = Uuid::now_v7().to_string();
        let body = json!({"event_id": event_id, "qty": 1});
        let headers = [("Idempotency-Key", key.as_str())];
        let Ok(hold) = client.try_send(Method::POST, "/api/v1/holds", &headers, Some(body)).await else { return };
        let hold = hold.expect(201);
        acknowledged.lock().await.holds.push(hold.id("hold_id"));
        let body = json!({"hold_id": hold.body["hold_id"], "payment_token": hold.body["payment_token"]});
        let Ok(booking) = client.try_send(Method::POST, "/api/v1/book", &[], Some(body)).await else { return };
        acknowledged.lock().await.bookings.push(booking.expect(201).id("booking_id"));
        if n * CLIENTS >= ACKNOWLEDGED_BEFORE_KILL {
            enough.notify_one();
        }
    }
}
