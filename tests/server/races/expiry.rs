//! Expiry against booking. Tests move the expiry by writing it; they do not wait for it.

use std::time::Duration;

use boxoffice::holds::worker as sweeper;
use futures_util::future::{join, join_all};
use tokio::sync::Barrier;

use crate::support::{Reply, Service};

/// Enough rounds for both winners to occur; each round is one race.
const ROUNDS: usize = 400;

#[tokio::test(flavor = "multi_thread")]
async fn book_and_sweep_at_the_expiry_instant_have_exactly_one_winner() {
    let service = Service::start().await;
    let event_id = service.client.event(1000).await;
    let (mut booked, mut expired) = (0, 0);
    for round in 0..ROUNDS {
        let hold = service.client.hold(&event_id, 1).await.expect(201);
        expire_in(&service, &hold, Duration::from_micros(500 + 100 * (round as u64 % 40))).await;
        let start = Barrier::new(2);
        let (book, ()) = join(
            async {
                start.wait().await;
                service.client.book(&hold).await
            },
            async {
                start.wait().await;
                sweep_until_ended(&service, &hold).await;
            },
        )
        .await;

        let hold_now = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
        if book.status.is_success() {
            booked += 1;
            assert_eq!(hold_now.body["status"], "booked", "{}", hold_now.text);
        } else {
            expired += 1;
            book.expect_problem(410, "HOLD_EXPIRED");
            assert_eq!(hold_now.body["status"], "expired", "{}", hold_now.text);
        }
    }
    assert!(booked > 0 && expired > 0, "both winners must occur: {booked} booked, {expired} expired");
    let status = service.client.status(&event_id).await;
    assert_eq!((status["booked"].as_i64(), status["held"].as_i64()), (Some(booked), Some(0)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_expires_exactly_once_when_two_sweepers_race() {
    let service = Service::start().await;
    let (second, _) = service.start_second_server();
    let event_id = service.client.event(100).await;
    let holds = join_all((0..100).map(|_| service.client.hold(&event_id, 1))).await;
    for hold in &holds {
        service.database.make_overdue(&hold.id("hold_id")).await;
    }
    let (first, other) = join(sweeper::tick(service.running.app()), sweeper::tick(second.app())).await;
    let (first, other) = (first.expect("a sweep succeeds"), other.expect("a sweep succeeds"));

    assert_eq!(first.expired + other.expired, 100, "{first:?} {other:?}");
    let entries = service.database.number("SELECT count(*) FROM journal WHERE kind = 'hold_expired'").await;
    assert_eq!(entries, 100);
    assert_eq!(service.client.status(&event_id).await["available"], 100);
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_waited_for_the_lock_decides_by_the_time_after_the_wait() {
    let service = Service::start().await;
    let event_id = service.client.event(10).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);

    // The lock is held by the test while the hold expires.
    let mut blocker = service.database.lock_all_events().await;
    let book = tokio::spawn({
        let (client, hold) = (service.client.clone(), hold.clone());
        async move { client.book(&hold).await }
    });
    service.database.wait_for_blocked_statement().await;
    sqlx::query("UPDATE holds SET expires_at = clock_timestamp()")
        .execute(&mut *blocker)
        .await
        .expect("the expiry can be written");
    blocker.commit().await.expect("the blocker commits");

    // The batch's transaction and its lock statement began before the expiry; the decision comes after.
    book.await.expect("the booking is answered").expect_problem(410, "HOLD_EXPIRED");
    service.database.assert_invariants_hold().await;
}

async fn expire_in(service: &Service, hold: &Reply, time_left: Duration) {
    let moved = service
        .database
        .execute(format!(
            "UPDATE holds SET expires_at = clock_timestamp() + interval '{} microseconds' WHERE hold_id = '{}'",
            time_left.as_micros(),
            hold.id("hold_id")
        ))
        .await;
    assert_eq!(moved, 1);
}

/// Sweeps until the hold is no longer active. Bounded by the expiry, a few milliseconds away.
async fn sweep_until_ended(service: &Service, hold: &Reply) {
    let active = format!("SELECT count(*) FROM holds WHERE status = 'active' AND hold_id = '{}'", hold.id("hold_id"));
    loop {
        sweeper::tick(service.running.app()).await.expect("a sweep succeeds");
        if service.database.number(&active).await == 0 {
            return;
        }
    }
}
