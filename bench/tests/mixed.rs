//! `mixed` against a small test server: times of requests, and repeats.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use boxoffice_bench::mixed::Mixed;
use clap::Parser;
use uuid::Uuid;

/// The id of the created event.
const ID: &str = "019a0000-0000-7000-8000-000000000001";

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    mixed: Mixed,
}

/// Number of tries of each hold request, by its bytes. Each request has an idempotency key of its own.
type Tries = Arc<Mutex<HashMap<Vec<u8>, usize>>>;

/// Serves any number of connections, one thread each. `fails` returns whether the n-th try of a hold gets 503. Other
/// tries are refused for lack of capacity, so that all requests are holds and reads.
fn server(fails: fn(usize) -> bool) -> (u16, Tries) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    let tries = Tries::default();
    let counted = tries.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let counted = counted.clone();
            thread::spawn(move || serve(stream.expect("a client"), &counted, fails));
        }
    });
    (port, tries)
}

fn serve(mut stream: TcpStream, tries: &Tries, fails: fn(usize) -> bool) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut bytes) {
        let request = &bytes[..length];
        let (status, body) = if request.starts_with(b"POST /api/v1/events ") {
            ("201 Created", format!("{{\"event_id\":\"{ID}\"}}"))
        } else if request.starts_with(b"GET ") {
            ("200 OK", r#"{"total":1,"available":0,"held":1,"booked":0,"sequence":1}"#.to_owned())
        } else {
            let mut tries = tries.lock().expect("no thread panics");
            let nth = tries.entry(request.to_vec()).or_default();
            *nth += 1;
            if fails(*nth) {
                ("503 Service Unavailable", r#"{"code":"UNAVAILABLE"}"#.to_owned())
            } else {
                ("409 Conflict", r#"{"code":"INSUFFICIENT_SEATS"}"#.to_owned())
            }
        };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        // A closed connection is noticed at the next read.
        let _ = stream.write_all(answer.as_bytes());
    }
}

async fn run(port: u16, arguments: &[&str]) -> anyhow::Result<()> {
    let acknowledged = Acknowledged(std::env::temp_dir().join(format!("boxoffice-mixed-{}", Uuid::now_v7().simple())));
    let target = format!("--target=http://127.0.0.1:{port}");
    let file = format!("--acknowledged={}", acknowledged.0.display());
    let cli = Cli::try_parse_from([&["mixed", &target, &file], arguments].concat()).expect("the arguments are right");
    cli.mixed.run().await
}

/// A temporary file of acknowledged work, removed when dropped.
struct Acknowledged(PathBuf);

impl Drop for Acknowledged {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn with_a_rate_no_request_is_sent_before_it_is_due() {
    let (port, _) = server(|_| false);
    let started = Instant::now();
    run(port, &["--requests=41", "--clients=8", "--rate=200"]).await.expect("every answer is as documented");
    // The last of 41 is due after forty gaps of 5 ms.
    assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_request_that_fails_once_is_repeated_once_and_succeeds() {
    let (port, tries) = server(|nth| nth == 1);
    run(port, &["--requests=40", "--clients=8", "--repeats-max=1"]).await.expect("the repeats are answered");
    let tries = tries.lock().expect("no thread panics");
    assert!(!tries.is_empty() && tries.values().all(|tries| *tries == 2), "{:?}", tries.values());
}

#[tokio::test]
async fn a_request_that_fails_with_its_only_repeat_fails_the_run_and_the_others_are_sent_all_the_same() {
    let (port, tries) = server(|_| true);
    let failed = run(port, &["--requests=40", "--clients=8", "--repeats-max=1", "--seed=3"]).await;
    assert!(failed.is_err());
    let tries = tries.lock().expect("no thread panics");
    // 70 % of the requests are holds. If the first failures stopped the run, there would be at most one hold per
    // client: 8.
    assert!(tries.len() > 8 && tries.values().all(|tries| *tries == 2), "{:?}", tries.values());
}
