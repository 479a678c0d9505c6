//! Schedules, random choices, and loads against a slow test server.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use boxoffice_bench::api;
use boxoffice_bench::load::closed_loop::{self, WindowEnd};
use boxoffice_bench::load::open_loop::OpenLoop;
use boxoffice_bench::load::sale::{Sale, SeatSelection};
use boxoffice_bench::load::schedule::{Arrivals, Schedule};
use boxoffice_bench::load::visitor::Traffic;
use boxoffice_bench::load::zipf::EventDistribution;
use boxoffice_bench::target::Target;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use uuid::Uuid;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
const BUSY_WITHOUT_RETRY_AFTER: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
const SOLD_OUT: &str = "HTTP/1.1 409 Conflict\r\ncontent-length: 29\r\n\r\n{\"code\":\"INSUFFICIENT_SEATS\"}";

/// Serves any number of connections, one thread each. Each answer takes this time; the list of answers is repeated.
fn server(response_time: Duration, answers: &'static [&'static str]) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(stream.expect("a client"), response_time, answers));
        }
    });
    Target::from_local_port(port)
}

fn answer(mut stream: TcpStream, response_time: Duration, answers: &[&str]) {
    let mut request = [0; 4096];
    for answer in answers.iter().cycle() {
        if !matches!(stream.read(&mut request), Ok(1..)) {
            return;
        }
        thread::sleep(response_time);
        // A closed connection is noticed at the next read.
        let _ = stream.write_all(answer.as_bytes());
    }
}

fn open_loop(target: Target, rate: f64, window: Duration, patience: Duration) -> OpenLoop {
    OpenLoop {
        target,
        traffic: Traffic::Same(api::readiness().into()),
        schedule: Schedule::new(Arrivals::Constant, rate, window, 0),
        window,
        connections: 1,
        patience,
    }
}

#[test]
fn a_schedule_has_as_many_arrivals_as_its_rate_says() {
    let window = Duration::from_secs(10);
    let constant = Schedule::new(Arrivals::Constant, 100.0, window, 0);
    assert!((999..=1001).contains(&constant.len()), "{}", constant.len());
    assert_eq!(constant.get(1), Some(Duration::from_millis(10)));
    assert_eq!(constant.count_due(Duration::from_millis(15)), 2);

    let poisson = Schedule::new(Arrivals::Poisson, 10_000.0, window, 7);
    // 100,000 are expected; ten standard deviations are about 3,000.
    assert!((97_000..=103_000).contains(&poisson.len()), "{}", poisson.len());
    let gaps = (1..poisson.len()).filter_map(|index| Some(poisson.get(index)? - poisson.get(index - 1)?));
    let short = gaps.filter(|gap| *gap < Duration::from_micros(100)).count();
    // The share of exponential gaps that are shorter than the mean is 1 - 1/e.
    let share = short as f64 / poisson.len() as f64;
    assert!((0.62..0.645).contains(&share), "{share}");
}

#[tokio::test]
async fn an_open_loop_counts_latency_from_the_scheduled_start() {
    // Ten requests, one every 10 ms, over one connection to a server that takes 50 ms: the last one is scheduled at 90
    // ms and cannot be answered before 500 ms. From its sending the latency would be 50 ms, as for all others.
    let target = server(Duration::from_millis(50), &[OK]);
    let load = open_loop(target, 100.0, Duration::from_millis(95), Duration::from_secs(60));
    let recorder = load.connect().await.expect("a server").run().await.expect("a run");
    assert_eq!((recorder.accepted.count(), recorder.unsent_count()), (10, 0));
    assert!(recorder.accepted.percentiles().max >= 400_000, "{:?}", recorder.accepted.percentiles());
    assert!(recorder.lag.percentiles().max >= 350_000, "{:?}", recorder.lag.percentiles());
    // At most two of them fit into the window; the others count for latencies only.
    assert!(recorder.accepted_in_time() <= 2, "{}", recorder.accepted_in_time());
}

#[tokio::test]
async fn requests_without_a_free_connection_in_time_are_counted_and_not_sent() {
    let target = server(Duration::from_millis(50), &[OK]);
    let load = open_loop(target, 100.0, Duration::from_millis(95), Duration::from_millis(25));
    let recorder = load.connect().await.expect("a server").run().await.expect("a run");
    assert_eq!(recorder.accepted.count() + recorder.unsent_count(), 10);
    assert!(recorder.unsent_count() > 0);
    // The lag is at most the patience, and unsent requests have no latency.
    assert!(recorder.lag.percentiles().max <= 26_000, "{:?}", recorder.lag.percentiles());
}

#[tokio::test]
async fn answers_are_counted_by_their_outcome() {
    let target = server(Duration::ZERO, &[OK, SOLD_OUT, BUSY, BUSY_WITHOUT_RETRY_AFTER]);
    let load = open_loop(target, 1000.0, Duration::from_millis(8), Duration::from_secs(60));
    let recorder = load.connect().await.expect("a server").run().await.expect("a run");
    let counts = [recorder.accepted.count(), recorder.refused.count(), recorder.shed.count(), recorder.error_count()];
    assert_eq!(counts, [2, 2, 2, 2]);
    assert_eq!(recorder.errors().keys().collect::<Vec<_>>(), ["503 without Retry-After"]);
}

#[tokio::test]
async fn a_closed_loop_ends_when_its_window_is_ended_early() {
    let target = server(Duration::from_millis(1), &[OK]);
    let window_end = WindowEnd::new(Duration::from_secs(600));
    window_end.end_now();
    let traffic = Traffic::Same(api::readiness().into());
    let recorder = closed_loop::run(target, &traffic, 1, &window_end).await.expect("a run");
    assert_eq!(recorder.accepted.count(), 0);
}

/// A server that accepts the first hold of each seat and refuses later ones. It records all requested seats.
fn seat_server(requested: Arc<Mutex<Vec<u32>>>) -> Target {
    const HELD: &str = "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n";
    const UNAVAILABLE: &str = "HTTP/1.1 409 Conflict\r\ncontent-length: 28\r\n\r\n{\"code\":\"SEATS_UNAVAILABLE\"}";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let requested = requested.clone();
            thread::spawn(move || {
                let mut stream = stream.expect("a client");
                let mut request = [0; 4096];
                while let Ok(length @ 1..) = stream.read(&mut request) {
                    let text = String::from_utf8_lossy(&request[..length]);
                    let seat =
                        text.split("\"seat_ids\":[").nth(1).and_then(|rest| rest.split(']').next()?.parse().ok());
                    let seat = seat.expect("a request for one seat");
                    let mut requested = requested.lock().expect("no thread panics");
                    let is_held = requested.contains(&seat);
                    requested.push(seat);
                    // A closed connection is noticed at the next read.
                    let _ = stream.write_all(if is_held { UNAVAILABLE } else { HELD }.as_bytes());
                }
            });
        }
    });
    Target::from_local_port(port)
}

#[tokio::test]
async fn a_sale_ends_with_its_last_seat_and_no_client_requests_a_seat_twice() {
    const SEATS: u32 = 200;
    const CLIENTS: usize = 3;
    let requested = Arc::new(Mutex::new(Vec::new()));
    let window_end = WindowEnd::new(Duration::from_secs(600));
    let sale = Arc::new(Sale::new(Uuid::nil(), SeatSelection::Named, SEATS, 0..SEATS, window_end.clone()));
    let target = seat_server(requested.clone());
    let recorder = closed_loop::run(target, &Traffic::Seats(sale.clone()), CLIENTS, &window_end).await.expect("a run");
    let progress = Arc::into_inner(sale).expect("all visitors have ended").into_progress();

    assert_eq!((recorder.accepted_in_all(), recorder.error_count()), (u64::from(SEATS), 0));
    assert_eq!(progress.held, SEATS);
    // One twentieth of the seats in each part, with its refusals.
    assert!(progress.parts.iter().all(|part| (part.accepted.count(), part.seats) == (10, 10)));
    let refused: u64 = progress.parts.iter().map(|part| part.refused).sum();
    let requested = requested.lock().expect("no thread panics");
    assert_eq!(requested.len() as u64, u64::from(SEATS) + refused);
    // By each client at most once, because an answer removes the seat from the shared list.
    assert!((0..SEATS).all(|seat| (1..=CLIENTS).contains(&requested.iter().filter(|it| **it == seat).count())));
    assert!(refused < u64::from(SEATS) / 2, "{refused}: answers remove seats from the list");
}

#[test]
fn zipf_chooses_in_proportion_to_the_rank() {
    const DRAWS: usize = 200_000;
    let (distribution, mut rng) = (EventDistribution::zipf(1000, 1.1), SmallRng::seed_from_u64(3));
    let mut counts = vec![0_u32; 1000];
    for _ in 0..DRAWS {
        counts[distribution.draw(&mut rng)] += 1;
    }
    let total: f64 = (1..=1000_u16).map(|rank| f64::from(rank).powf(-1.1)).sum();
    for rank in [1_u16, 2, 10, 100] {
        let expected = f64::from(rank).powf(-1.1) / total * DRAWS as f64;
        let drawn = f64::from(counts[usize::from(rank) - 1]);
        // Five standard deviations.
        assert!((drawn - expected).abs() < 5.0 * expected.sqrt(), "rank {rank}: {drawn}, expected {expected}");
    }
    assert!(counts.iter().filter(|count| **count > 0).count() > 950, "the last ones are chosen too");
}

#[test]
fn uniform_chooses_all_with_the_same_probability() {
    let (distribution, mut rng) = (EventDistribution::uniform(10), SmallRng::seed_from_u64(3));
    let mut counts = [0_u32; 10];
    for _ in 0..100_000 {
        counts[distribution.draw(&mut rng)] += 1;
    }
    assert!(counts.iter().all(|count| (9500..10_500).contains(count)), "{counts:?}");
}
