//! The database says nothing any more, or is gone for a while. Everybody hears so in time, and it goes on when it is back.
//!
//! Nothing here measures whether an answer came early enough: the database is silent for as long as the test likes, so a
//! server that does not answer by itself never does.

use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use boxoffice::config::Settings;
use futures_util::future::join_all;
use reqwest::Method;
use tokio::time::timeout;

use super::crowd::{Crowd, PATIENCE, Request};
use super::wired::Wired;
use crate::support::Service;

/// What waiting for the database may cost a buyer in production.
fn as_in_production(settings: &mut Settings) {
    settings.inventory.answer_within = Duration::from_millis(450);
    settings.inventory.command_deadline = Duration::from_millis(250);
    settings.database.acquire_timeout = Duration::from_millis(300);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_buyer_asks_is_answered_although_the_database_says_nothing_and_goes_on_when_it_does() {
    let wired = Wired::start_with(|settings| {
        as_in_production(settings);
        // Whoever waits for a connection would be answered for that. Here nothing helps but the limit of the answer itself.
        settings.database.acquire_timeout = Duration::from_secs(600);
    })
    .await;
    // What is there before comes past the wire, from a server that is in no hurry.
    let (reads, commands) = things_to_ask(&wired).await;
    let served = AtomicUsize::new(0);
    for read in &reads {
        read.settle(&wired.client, &served).await.expect(200);
    }

    wired.proxy.hold_answers_back();
    for round in 1..=3 {
        let asked = Instant::now();
        let replies = join_all(commands.iter().chain(&reads).map(|request| request.send(&wired.client))).await;
        println!("round {round}: everybody was answered within {:?}", asked.elapsed());
        for (request, reply) in commands.iter().chain(&reads).zip(replies) {
            let reply = reply.expect(503);
            assert!(!reply.header("retry-after").is_empty(), "{}: {:?}", request.path, reply.headers);
            let code = reply.id("code");
            let allowed = if request.method == Method::GET { READ_CODES } else { COMMAND_CODES };
            assert!(allowed.contains(&code.as_str()), "{} {}: {code}", request.method, request.path);
        }
        wired.client.get("/health/live").await.expect(200);
    }

    wired.proxy.restore();
    let back = Instant::now();
    let unavailable = AtomicUsize::new(0);
    let settled = commands.iter().chain(&reads).map(|request| request.settle(&wired.client, &unavailable));
    let settled = timeout(PATIENCE, join_all(settled)).await.expect("it goes on by itself");
    println!("all is as before {:?} after the database speaks again", back.elapsed());
    for (request, reply) in commands.iter().chain(&reads).zip(settled) {
        assert!(reply.status.is_success(), "{} {}: {}", request.method, request.path, reply.text);
    }
    // Nothing was done twice, however often it was asked for.
    assert_eq!(counters(&wired).await, (2, 1));
    wired.database.assert_sound().await;
}

async fn counters(wired: &Wired) -> (i64, i64) {
    let held = wired.database.number("SELECT sum(held)::bigint FROM pools").await;
    (held, wired.database.number("SELECT sum(booked)::bigint FROM pools").await)
}

const READ_CODES: &[&str] = &["UNAVAILABLE", "OVERLOADED"];
const COMMAND_CODES: &[&str] = &["UNAVAILABLE", "OVERLOADED", "OUTCOME_UNKNOWN"];

/// Everything that a buyer may ask, of an event that has what is asked for. Afterwards two are held and one is booked.
async fn things_to_ask(wired: &Wired) -> (Vec<Request>, Vec<Request>) {
    let (running, client) = Service::beside(&wired.database);
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
    let cancel = Request { method: Method::POST, ..Request::read(format!("{booking}/cancel")) };
    let commands = vec![
        Request::place(&event_id),
        Request::book(&holds[0]),
        Request::of_hold(Method::POST, &holds[1], "/extend"),
        Request::of_hold(Method::DELETE, &holds[2], ""),
        cancel,
    ];
    (reads.map(Request::read).to_vec(), commands)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_for_a_while_loses_nothing_acknowledged_and_is_found_again() {
    let wired = Wired::start_with(as_in_production).await;
    let (running, client) = Service::beside(&wired.database);
    let event_id = client.event(1_000_000).await;
    running.stop().await.expect("the server stops cleanly");
    let crowd = Crowd::gather(&wired.client, &event_id);

    crowd.until_more_are_acknowledged(100).await;
    wired.proxy.break_down();
    let gone = Instant::now();
    crowd.until_more_are_refused(100).await;
    wired.client.get("/health/live").await.expect(200);
    let away = gone.elapsed();
    wired.proxy.restore();
    let back = Instant::now();
    crowd.until_more_are_acknowledged(1).await;
    println!("the first acknowledgement came {:?} after the database was back from {away:?}", back.elapsed());
    crowd.until_more_are_acknowledged(100).await;

    let bought = crowd.send_home().await;
    wired.database.assert_all_there("holds", "hold_id", &bought.holds, "the outage").await;
    wired.database.assert_all_there("bookings", "booking_id", &bought.bookings, "the outage").await;
    // One for each, however often it was repeated.
    let (held, booked) = counters(&wired).await;
    assert_eq!((held, usize::try_from(booked)), (0, Ok(bought.bookings.len())));
    wired.database.assert_sound().await;
}
