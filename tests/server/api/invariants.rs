//! `GET /api/v1/invariants`: every invariant is reported, and every kind of damage is found.

use serde_json::Value;

use crate::api::stage::{members, text, time};
use crate::support::Service;

/// Starts a service with live, booked, released and expired holds, and a cancelled booking.
async fn service_with_bookings() -> Service {
    let service = Service::start().await;
    let event_id = service.client.event(50).await;
    service.client.hold(&event_id, 3).await.expect(201);
    for cancelled in [false, true] {
        let hold = service.client.hold(&event_id, 4).await.expect(201);
        let booking = service.client.book(&hold).await.expect(201);
        if cancelled {
            service.client.cancel(&booking).await.expect(200);
        }
    }
    service.client.release(&service.client.hold(&event_id, 2).await.expect(201)).await.expect(200);
    service.client.expire(&service.client.hold(&event_id, 2).await.expect(201)).await.expect(200);
    service
}

async fn invariants(service: &Service) -> Value {
    service.client.get("/api/v1/invariants").await.expect(200).body
}

/// Names of the broken invariants. Asserts that numbers, verdicts and the overall verdict agree.
#[track_caller]
fn broken(report: &Value) -> Vec<String> {
    let all = report["invariants"].as_array().expect("a list");
    for invariant in all {
        assert_eq!(invariant["holds"], invariant["breaches"] == 0, "{invariant}");
    }
    let broken: Vec<_> = all.iter().filter(|one| one["holds"] == false).map(|one| text(&one["name"])).collect();
    assert_eq!(report["clean"], broken.is_empty());
    broken
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invariant_is_reported_with_both_numbers_and_a_verdict() {
    let service = service_with_bookings().await;
    let report = invariants(&service).await;
    assert_eq!(members(&report), ["as_of", "clean", "invariants"]);
    time(&report["as_of"]);
    let number = |name: &str, member: &str| {
        let all = report["invariants"].as_array().expect("a list");
        let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {report}"));
        assert_eq!(members(one), ["actual", "breaches", "description", "expected", "holds", "name"]);
        one[member].as_i64().expect("a number")
    };
    assert!(broken(&report).is_empty(), "{report}");
    let numbers = [
        ("never_oversold", 50, 7),
        ("held_equals_active_holds", 3, 3),
        ("booked_equals_confirmed_bookings", 4, 4),
        ("one_booking_per_hold", 2, 2),
        ("journal_without_gaps", 11, 11),
        ("journal_equals_counters", 57, 57),
        ("no_hold_long_overdue", 0, 0),
        ("holds_have_their_event", 5, 5),
        ("items_have_their_hold", 5, 5),
        ("holds_equal_their_items", 15, 15),
        ("bookings_have_their_hold", 2, 2),
        ("tallies_equal_counts", 3, 3),
        ("seats_equal_their_items", 0, 0),
        ("seat_counters_equal_seats", 0, 0),
        ("blocked_equals_blocks", 0, 0),
        ("blocks_equal_their_seats", 0, 0),
        ("seats_equal_their_layout", 0, 0),
    ];
    for (name, expected, actual) in numbers {
        assert_eq!((number(name, "expected"), number(name, "actual")), (expected, actual), "{name}");
    }
    assert_eq!(report["invariants"].as_array().map(Vec::len), Some(numbers.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_invariants_check_runs_at_a_time_and_another_request_is_refused_with_retry_after() {
    let service = service_with_bookings().await;
    let mut blocker = service.database.pool.begin().await.expect("a transaction begins");
    sqlx::query("LOCK TABLE pools").execute(&mut *blocker).await.expect("no other transaction has a lock");
    let client = service.client.clone();
    let first = tokio::spawn(async move { client.get("/api/v1/invariants").await });
    service.database.wait_for_blocked_statement().await;
    let second = service.client.get("/api/v1/invariants").await.expect_problem(503, "OVERLOADED");
    assert!(!second.header("retry-after").is_empty(), "{:?}", second.headers);

    blocker.rollback().await.expect("the blocker lets go");
    first.await.expect("the first is answered").expect(200);
    assert!(broken(&invariants(&service).await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_events_every_invariant_holds() {
    let service = Service::start().await;
    assert!(broken(&invariants(&service).await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_damage_is_found_and_its_invariants_are_named() {
    let service = service_with_bookings().await;
    // Damage, repair, and every invariant that the damage breaks.
    let damages: [(&str, &str, &[&str]); 12] = [
        (
            "UPDATE pools SET held = held + 1",
            "UPDATE pools SET held = held - 1",
            &["held_equals_active_holds", "journal_equals_counters"],
        ),
        (
            "UPDATE pools SET booked = booked - 1",
            "UPDATE pools SET booked = booked + 1",
            &["booked_equals_confirmed_bookings", "journal_equals_counters"],
        ),
        (
            "UPDATE pools SET capacity = capacity + 1",
            "UPDATE pools SET capacity = capacity - 1",
            &["journal_equals_counters"],
        ),
        (
            "UPDATE journal SET seq = 99 WHERE seq = 2",
            "UPDATE journal SET seq = 2 WHERE seq = 99",
            &["journal_without_gaps"],
        ),
        ("UPDATE inventory SET seq = seq + 1", "UPDATE inventory SET seq = seq - 1", &["journal_without_gaps"]),
        (
            "UPDATE inventory SET active_holds = active_holds + 1, bookings = bookings - 1",
            "UPDATE inventory SET active_holds = active_holds - 1, bookings = bookings + 1",
            &["tallies_equal_counts"],
        ),
        (
            "UPDATE holds SET expires_at = expires_at - interval '1 day', created_at = created_at - interval '1 day'",
            "UPDATE holds SET expires_at = expires_at + interval '1 day', created_at = created_at + interval '1 day'",
            &["no_hold_long_overdue"],
        ),
        ("UPDATE holds SET total = total + 1", "UPDATE holds SET total = total - 1", &["holds_equal_their_items"]),
        (
            "UPDATE items SET pool_id = holds.hold_id FROM holds \
             WHERE holds.hold_id = items.hold_id AND status = 'released'",
            "UPDATE items SET pool_id = pools.pool_id FROM pools",
            &["items_have_their_hold"],
        ),
        (
            "UPDATE bookings SET hold_id = booking_id WHERE status = 'cancelled'",
            "UPDATE bookings SET hold_id = holds.hold_id FROM holds WHERE bookings.hold_id = booking_id \
             AND holds.status = 'booked' AND holds.hold_id NOT IN (SELECT hold_id FROM bookings)",
            &["bookings_have_their_hold"],
        ),
        (
            "UPDATE holds SET event_id = hold_id WHERE status = 'released'",
            "UPDATE holds SET event_id = inventory.event_id FROM inventory",
            &["holds_have_their_event", "items_have_their_hold", "tallies_equal_counts"],
        ),
        (
            "UPDATE holds SET status = 'released', ended_at = created_at WHERE status = 'active'",
            "UPDATE holds SET status = 'active', ended_at = NULL WHERE status = 'released' AND quantity = 3",
            &["held_equals_active_holds", "tallies_equal_counts"],
        ),
    ];
    for (damage, repair, expected) in damages {
        assert!(service.database.execute(damage).await > 0, "{damage} does something");
        assert_eq!(broken(&invariants(&service).await), expected, "{damage}");
        service.database.execute(repair).await;
        assert!(broken(&invariants(&service).await).is_empty(), "{repair}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversold_pool_is_found_where_no_constraint_prevents_it() {
    let service = service_with_bookings().await;
    for constraint in ["pools_never_oversold", "pools_held_not_negative"] {
        service.database.execute(format!("ALTER TABLE pools DROP CONSTRAINT {constraint}")).await;
    }
    for damage in ["UPDATE pools SET capacity = 6", "UPDATE pools SET capacity = 50, held = -1"] {
        service.database.execute(damage).await;
        assert!(broken(&invariants(&service).await).contains(&"never_oversold".to_owned()), "{damage}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_booking_of_a_hold_is_found_where_no_constraint_prevents_it() {
    let service = service_with_bookings().await;
    service.database.execute("ALTER TABLE bookings DROP CONSTRAINT bookings_hold_unique").await;
    let again = "INSERT INTO bookings SELECT gen_random_uuid(), hold_id, event_id, status, payment, created_at, NULL \
                 FROM bookings WHERE status = 'confirmed'";
    assert_eq!(service.database.execute(again).await, 1);
    assert!(broken(&invariants(&service).await).contains(&"one_booking_per_hold".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_that_cancel_out_in_the_sums_are_found_too() {
    let service = service_with_bookings().await;
    service.client.event(50).await;
    let shifted = "UPDATE pools SET held = 2 - held + 1 WHERE held IN (0, 3)";
    assert_eq!(service.database.execute(shifted).await, 2);
    let report = invariants(&service).await;
    assert_eq!(broken(&report), ["held_equals_active_holds", "journal_equals_counters"]);
    let held = &report["invariants"].as_array().expect("a list")[1];
    assert_eq!((&held["expected"], &held["breaches"]), (&held["actual"], &Value::from(2)), "{held}");
}
