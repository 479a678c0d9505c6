//! SIGTERM in the middle of a sale: which requests are served, which are answered, and which rows exist afterwards.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::support::Database;
use crate::support::process::{LONG_TIMEOUTS, ServerProcess};

const CLIENTS: usize = 32;
/// Number of requests that begin before the signal and can be answered only after the lock is released.
const WAITING: usize = 8;
/// Time that a platform gives a process between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(30);
/// The pause between two polls.
const POLL_PAUSE: Duration = Duration::from_millis(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_under_load_turns_readiness_off_first_and_loses_nothing_that_had_begun() {
    let database = Database::create().await;
    // The drain window is the default one.
    let server = ServerProcess::start_with(&database, &LONG_TIMEOUTS).await;
    let address = SocketAddr::from(([127, 0, 0, 1], server.port));
    let (sold, locked) = (server.client.event(1_000_000).await, server.client.event(100).await);
    let blocker = database.lock_event(&locked).await;
    let waiting: Vec<_> = (0..WAITING).map(|_| tokio::spawn(hold_once(address, locked.clone()))).collect();
    database.wait_for_blocked_statement().await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let crowd = |_| tokio::spawn(hold_until_connection_refused(address, sold.clone(), acknowledged.clone()));
    let crowd: Vec<_> = (0..CLIENTS).map(crowd).collect();
    until_clients_are_served(&acknowledged, &crowd).await;

    let signalled_at = Instant::now();
    server.terminate();
    while server.client.get("/health/ready").await.status != 503 {}
    let unready = signalled_at.elapsed();
    until_clients_are_served(&acknowledged, &crowd).await;

    let reports: Vec<Report> = join_all(crowd).await.into_iter().map(|report| report.expect("a client ends")).collect();
    let not_listening = signalled_at.elapsed();
    assert!(
        waiting.iter().all(|request| !request.is_finished()),
        "the requests wait for the lock, and the server for the requests"
    );
    blocker.rollback().await.expect("the blocker lets go");
    let mut holds: Vec<String> = Vec::new();
    for request in waiting {
        holds.push(request.await.expect("the request ends").expect("a request that had begun is answered"));
    }
    assert_eq!(tokio::task::block_in_place(|| server.exit_code()), Some(0));
    let ended = signalled_at.elapsed();
    assert!(ended < GRACE, "{ended:?}");

    let unanswered: usize = reports.iter().map(|report| report.unanswered).sum();
    holds.extend(reports.into_iter().flat_map(|report| report.holds));
    println!(
        "not ready after {unready:?}, not listening after {not_listening:?}, ended after {ended:?}; {} holds, \
         {unanswered} connections closed without an answer",
        holds.len()
    );
    database.assert_rows_exist("holds", "hold_id", &holds, "the stop").await;
    database.assert_invariants_hold().await;
    assert_eq!(database.open_transactions().await, 0);
}

/// Outcomes of one client's requests.
#[derive(Default)]
struct Report {
    /// Ids of acknowledged holds.
    holds: Vec<String>,
    /// Number of requests whose connection ended without an answer. Their clients know that they must repeat them.
    unanswered: usize,
}

/// Places one hold after the other, over one connection as long as the server keeps it open.
async fn hold_until_connection_refused(
    address: SocketAddr,
    event_id: String,
    acknowledged: Arc<AtomicUsize>,
) -> Report {
    let mut report = Report::default();
    let mut open_connection = None;
    loop {
        let mut connection = match open_connection.take() {
            Some(connection) => connection,
            None => match TcpStream::connect(address).await {
                Ok(connection) => connection,
                Err(_) => return report,
            },
        };
        let Some(answer) = hold_over(&mut connection, &event_id).await else {
            report.unanswered += 1;
            continue;
        };
        report.holds.push(answer.hold_id());
        acknowledged.fetch_add(1, Ordering::SeqCst);
        open_connection = (!answer.closes()).then_some(connection);
    }
}

async fn hold_once(address: SocketAddr, event_id: String) -> Option<String> {
    let mut connection = TcpStream::connect(address).await.expect("the server listens");
    Some(hold_over(&mut connection, &event_id).await?.hold_id())
}

/// A complete answer.
struct Answer {
    head: String,
    body: Value,
}

impl Answer {
    #[track_caller]
    fn hold_id(&self) -> String {
        assert!(self.head.starts_with("http/1.1 201 "), "{} {}", self.head, self.body);
        self.body["hold_id"].as_str().expect("a hold has an id").to_owned()
    }

    fn closes(&self) -> bool {
        self.head.contains("connection: close")
    }
}

/// Places a hold. `None` if the connection ends without an answer; an answer that has begun must be complete.
async fn hold_over(connection: &mut TcpStream, event_id: &str) -> Option<Answer> {
    let body = json!({"event_id": event_id, "qty": 1}).to_string();
    let request = format!(
        "POST /api/v1/holds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut bytes = Vec::new();
    loop {
        let ended = !matches!(connection.read_buf(&mut bytes).await, Ok(1..));
        if let Some(answer) = parse(&bytes) {
            return Some(answer);
        }
        if ended {
            assert_eq!(String::from_utf8_lossy(&bytes), "", "half an answer");
            return None;
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let whole = length.parse() == Ok(body.len());
    whole.then(|| Answer { head, body: serde_json::from_str(body).expect("the body is JSON") })
}

/// Waits for as many further acknowledgements as two per client; fails if all clients end before that.
async fn until_clients_are_served(acknowledged: &AtomicUsize, crowd: &[JoinHandle<Report>]) {
    let expected = acknowledged.load(Ordering::SeqCst) + 2 * CLIENTS;
    let mut polls = tokio::time::interval(POLL_PAUSE);
    while acknowledged.load(Ordering::SeqCst) < expected {
        polls.tick().await;
        assert!(!crowd.iter().all(JoinHandle::is_finished), "no client is served any more");
    }
}
