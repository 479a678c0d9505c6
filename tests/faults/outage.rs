//! The database is silent or gone for a while. Every request is answered meanwhile, and succeeds once it is back.
//!
//! No test measures how early an answer came: the database stays silent until the test ends that, so a server without
//! its own limit would never answer.

use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use boxoffice::config::Settings;
use futures_util::future::join_all;
use reqwest::Method;
use tokio::time::timeout;

use super::crowd::{ANSWER_TIMEOUT, Crowd, Request};
use super::wired::ProxiedService;
use crate::support::Service;

/// Time limits of production.
fn as_in_production(settings: &mut Settings) {
    settings.inventory.answer_within = Duration::from_millis(450);
    settings.inventory.command_deadline = Duration::from_millis(250);
    settings.database.acquire_timeout = Duration::from_millis(300);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_answered_while_the_database_is_silent_and_succeeds_when_it_answers_again() {
    let service = ProxiedService::start_with(|settings| {
        as_in_production(settings);
        // This limit must not be the one that answers: only the limit of the answer itself is tested here.
        settings.database.acquire_timeout = Duration::from_secs(600);
    })
    .await;
    // The fixture is created by another server with direct database access and default limits.
    let (reads, commands) = reads_and_commands(&service).await;
    let served = AtomicUsize::new(0);
    for read in &reads {
        read.send_until_available(&service.client, &served).await.expect(200);
    }

    service.proxy.hold_answers_back();
    for round in 1..=3 {
        let sent_at = Instant::now();
        let replies = join_all(commands.iter().chain(&reads).map(|request| request.send(&service.client))).await;
        println!("round {round}: every request was answered within {:?}", sent_at.elapsed());
        for (request, reply) in commands.iter().chain(&reads).zip(replies) {
            let reply = reply.expect(503);
            assert!(!reply.header("retry-after").is_empty(), "{}: {:?}", request.path, reply.headers);
            let code = reply.id("code");
            let allowed = if request.method == Method::GET { READ_CODES } else { COMMAND_CODES };
            assert!(allowed.contains(&code.as_str()), "{} {}: {code}", request.method, request.path);
        }
        service.client.get("/health/live").await.expect(200);
    }

    service.proxy.restore();
    let back = Instant::now();
    let unavailable = AtomicUsize::new(0);
    let repeats =
        commands.iter().chain(&reads).map(|request| request.send_until_available(&service.client, &unavailable));
    let replies = timeout(ANSWER_TIMEOUT, join_all(repeats)).await.expect("the service recovers by itself");
    println!("every request succeeded {:?} after the database answered again", back.elapsed());
    for (request, reply) in commands.iter().chain(&reads).zip(replies) {
        assert!(reply.status.is_success(), "{} {}: {}", request.method, request.path, reply.text);
    }
    // Nothing was done twice, although the commands were repeated.
    assert_eq!(counters(&service).await, (2, 1));
    service.database.assert_invariants_hold().await;
}

async fn counters(service: &ProxiedService) -> (i64, i64) {
    let held = service.database.number("SELECT sum(held)::bigint FROM pools").await;
    (held, service.database.number("SELECT sum(booked)::bigint FROM pools").await)
}

const READ_CODES: &[&str] = &["UNAVAILABLE", "OVERLOADED"];
const COMMAND_CODES: &[&str] = &["UNAVAILABLE", "OVERLOADED", "OUTCOME_UNKNOWN"];

/// Creates an event with holds and a booking; returns reads and commands of a buyer, all of which can succeed. After
/// all commands two places are held and one is booked.
async fn reads_and_commands(service: &ProxiedService) -> (Vec<Request>, Vec<Request>) {
    let (running, client) = Service::start_server_on(&service.database);
    let event_id = client.event(100).await;
    let mut holds = Vec::new();
    for _ in 0..4 {
        holds.push(client.hold(&event_id, 1).await.expect(201));
    }
    let booking = client.book(&holds[3]).await.expect(201);
    running.stop().await.expect("the server stops cleanly");
    let booking = format!("/api/v1/bookings/{}", booking.id("booking_id"));
    let event = format!("/api/v1/events/{event_id}");
    let reads = [
        format!("{event}/status"),
        event.clone(),
        "/api/v1/events".to_owned(),
        format!("/api/v1/holds/{}", holds[0].id("hold_id")),
        booking.clone(),
        "/api/v1/metrics".to_owned(),
    ];
    let cancel = Request { method: Method::POST, ..Request::get(format!("{booking}/cancel")) };
    let commands = vec![
        Request::place(&event_id),
        Request::book(&holds[0]),
        Request::on_hold(Method::POST, &holds[1], "/extend"),
        Request::on_hold(Method::DELETE, &holds[2], ""),
        cancel,
    ];
    (reads.map(Request::get).to_vec(), commands)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_database_loses_nothing_acknowledged_and_the_service_recovers() {
    let service = ProxiedService::start_with(as_in_production).await;
    let (running, client) = Service::start_server_on(&service.database);
    let event_id = client.event(1_000_000).await;
    running.stop().await.expect("the server stops cleanly");
    let crowd = Crowd::start(&service.client, &event_id);

    crowd.until_more_are_acknowledged(100).await;
    service.proxy.break_down();
    let gone = Instant::now();
    crowd.until_more_are_refused(100).await;
    service.client.get("/health/live").await.expect(200);
    let away = gone.elapsed();
    service.proxy.restore();
    let back = Instant::now();
    crowd.until_more_are_acknowledged(1).await;
    println!("the first acknowledgement came {:?} after the database was back from {away:?}", back.elapsed());
    crowd.until_more_are_acknowledged(100).await;

    let bought = crowd.stop().await;
    service.database.assert_rows_exist("holds", "hold_id", &bought.holds, "the outage").await;
    service.database.assert_rows_exist("bookings", "booking_id", &bought.bookings, "the outage").await;
    // One booking for each hold, although commands were repeated.
    let (held, booked) = counters(&service).await;
    assert_eq!((held, usize::try_from(booked)), (0, Ok(bought.bookings.len())));
    service.database.assert_invariants_hold().await;
}
