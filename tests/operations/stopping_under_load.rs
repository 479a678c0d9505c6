//! SIGTERM in the middle of a sale: who is served, who is answered, and what is left of it.

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
use crate::support::process::{PATIENT, ServerProcess};

const CLIENTS: usize = 32;
/// Requests that have begun before the signal and can be answered only long after it.
const WAITING: usize = 8;
/// What a platform gives a process between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(30);
/// The pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_millis(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_under_load_turns_readiness_off_first_and_loses_nothing_that_had_begun() {
    let database = Database::create().await;
    // The drain window is the default one.
    let server = ServerProcess::start_with(&database, &PATIENT).await;
    let address = SocketAddr::from(([127, 0, 0, 1], server.port));
    let (sold, locked) = (server.client.event(1_000_000).await, server.client.event(100).await);
    let blocker = database.lock_event(&locked).await;
    let waiting: Vec<_> = (0..WAITING).map(|_| tokio::spawn(hold_once(address, locked.clone()))).collect();
    database.until_somebody_waits_for_a_lock().await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let crowd = |_| tokio::spawn(hold_until_nobody_listens(address, sold.clone(), acknowledged.clone()));
    let crowd: Vec<_> = (0..CLIENTS).map(crowd).collect();
    until_so_many_more(&acknowledged, &crowd).await;

    let told = Instant::now();
    server.terminate();
    while server.client.get("/health/ready").await.status != 503 {}
    let unready = told.elapsed();
    until_so_many_more(&acknowledged, &crowd).await;

    let counters: Vec<Tally> = join_all(crowd).await.into_iter().map(|tally| tally.expect("it is answered")).collect();
    let deaf = told.elapsed();
    assert!(waiting.iter().all(|request| !request.is_finished()), "they wait for the lock, and the server for them");
    blocker.rollback().await.expect("the blocker lets go");
    let mut holds: Vec<String> = Vec::new();
    for request in waiting {
        holds.push(request.await.expect("it is answered").expect("what had begun is finished"));
    }
    assert_eq!(tokio::task::block_in_place(|| server.exit_code()), Some(0));
    let ended = told.elapsed();
    assert!(ended < GRACE, "{ended:?}");

    let unanswered: usize = counters.iter().map(|tally| tally.unanswered).sum();
    holds.extend(counters.into_iter().flat_map(|tally| tally.holds));
    println!(
        "not ready after {unready:?}, nobody listened after {deaf:?}, ended after {ended:?}; {} holds, {unanswered} \
         connections closed without an answer",
        holds.len()
    );
    database.assert_all_there("holds", "hold_id", &holds, "the stop").await;
    database.assert_sound().await;
    assert_eq!(database.open_transactions().await, 0);
}

/// What became of one client's requests.
#[derive(Default)]
struct Tally {
    /// The holds that were acknowledged.
    holds: Vec<String>,
    /// Requests whose connection ended before anything came back. Their clients know that they have to ask again.
    unanswered: usize,
}

/// One hold after the other, over a connection that is kept as long as the server keeps it.
async fn hold_until_nobody_listens(address: SocketAddr, event_id: String, acknowledged: Arc<AtomicUsize>) -> Tally {
    let mut tally = Tally::default();
    let mut kept = None;
    loop {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => match TcpStream::connect(address).await {
                Ok(connection) => connection,
                Err(_) => return tally,
            },
        };
        let Some(answer) = hold_over(&mut connection, &event_id).await else {
            tally.unanswered += 1;
            continue;
        };
        tally.holds.push(answer.hold_id());
        acknowledged.fetch_add(1, Ordering::SeqCst);
        kept = (!answer.closes()).then_some(connection);
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

/// `None` if the connection ends before anything comes back. What is begun must be complete.
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

/// Returns when every client could have been answered twice more; fails when they are gone before that.
async fn until_so_many_more(acknowledged: &AtomicUsize, crowd: &[JoinHandle<Tally>]) {
    let enough = acknowledged.load(Ordering::SeqCst) + 2 * CLIENTS;
    let mut looks = tokio::time::interval(LOOK_PAUSE);
    while acknowledged.load(Ordering::SeqCst) < enough {
        looks.tick().await;
        assert!(!crowd.iter().all(JoinHandle::is_finished), "nobody is served any more");
    }
}
