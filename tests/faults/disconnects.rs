//! Clients that disconnect in the middle of a request.

use std::net::SocketAddr;

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::Service;

const RESETS: usize = 1000;
const AT_ONCE: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_resets_its_connection_mid_request_1000_times_leaves_no_open_transaction() {
    let service = Service::start().await;
    let event_id = service.client.event(1_000_000).await;
    let body = json!({"event_id": event_id, "qty": 1}).to_string();
    let requests = [
        request("POST", "/api/v1/holds", &body),
        request("POST", "/api/v1/events", &json!({"name": "A show", "total_seats": 5}).to_string()),
        request("GET", "/api/v1/invariants", ""),
        request("GET", &format!("/api/v1/events/{event_id}/status"), ""),
    ];
    for round in 0..RESETS / AT_ONCE {
        join_all((0..AT_ONCE).map(|n| {
            let request = &requests[n % requests.len()];
            // Every third request is complete and reset while it is served; the others are cut at different bytes.
            let sent = request.len() - (n * 7 + round) % (request.len() / 2) * usize::from(n % 3 != 0);
            reset_after(service.running.address(), &request[..sent])
        }))
        .await;
    }
    // These holds queue behind the accepted commands, so those are done when these are answered.
    for _ in 0..10 {
        service.client.hold(&event_id, 1).await.expect(201);
        let other = service.client.event(1).await;
        service.client.hold(&other, 1).await.expect(201);
    }
    service.database.wait_until_idle().await;
    assert_eq!(service.database.open_transactions().await, 0);
    service.database.assert_invariants_hold().await;
}

pub fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn reset_after(address: SocketAddr, bytes: &str) {
    drop(connection_with(address, bytes).await);
}

/// Opens a connection and sends bytes. It is reset when dropped, so that the server drops its handler.
pub async fn connection_with(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("the server accepts");
    stream.set_zero_linger().expect("a socket can be told to reset when closed");
    stream.write_all(bytes.as_bytes()).await.expect("the bytes are sent");
    stream
}
