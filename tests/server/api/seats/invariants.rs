//! Invariants about seats: each is broken on purpose and must be reported.

use serde_json::Value;

use super::SeatedEvent;
use crate::api::stage::text;

/// Names of the broken invariants.
async fn broken(event: &SeatedEvent) -> Vec<String> {
    let report = event.client().get("/api/v1/invariants").await.expect(200).body;
    let all = report["invariants"].as_array().expect("a list");
    all.iter().filter(|one| one["holds"] == false).map(|one| text(&one["name"])).collect()
}

/// Event with seats in all states, without the constraints that would refuse the damage.
async fn unguarded() -> SeatedEvent {
    let event = SeatedEvent::small().await;
    event.fill().await;
    let constraints = [
        ("seats", "seats_taken_by_a_hold"),
        ("seats", "seats_blocked_by_a_block"),
        ("pools", "pools_never_oversold"),
        ("pools", "pools_blocked_not_negative"),
        ("items", "items_one_seat_each"),
    ];
    for (table, constraint) in constraints {
        event.execute(format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}")).await;
    }
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_with_seats_in_all_states_is_reported_with_its_numbers() {
    let event = SeatedEvent::small().await;
    event.fill().await;
    let report = event.client().get("/api/v1/invariants").await.expect(200).body;
    let number = |name: &str, member: &str| -> Value {
        let all = report["invariants"].as_array().expect("a list");
        all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {report}"))[member].clone()
    };
    let numbers = [
        ("seats_equal_their_items", 4),
        // 9 seats, of which 2 are held, 2 booked, 1 blocked.
        ("seat_counters_equal_seats", 14),
        ("blocked_equals_blocks", 1),
        ("blocks_equal_their_seats", 1),
        ("seats_equal_their_layout", 9),
    ];
    for (name, both) in numbers {
        assert_eq!((number(name, "expected"), number(name, "actual")), (both.into(), both.into()), "{name}");
    }
    assert_eq!(report["clean"], true, "{report}");
}

/// Damage, repair, and every invariant that the damage breaks. Seats 0 and 1 are held, 4 and 8 booked, 7 is blocked.
const DAMAGES: &[(&str, &str, &[&str])] = &[
    // A seat and its hold.
    (
        "UPDATE seats SET hold_id = gen_random_uuid() WHERE seat_id = 0",
        "UPDATE seats SET hold_id = holds.hold_id FROM holds WHERE seat_id = 0 AND status = 'active'",
        &["seats_equal_their_items"],
    ),
    (
        "UPDATE seats SET hold_id = holds.hold_id FROM holds WHERE seat_id = 0 AND status = 'booked'",
        "UPDATE seats SET hold_id = holds.hold_id FROM holds WHERE seat_id = 0 AND status = 'active'",
        &["seats_equal_their_items"],
    ),
    (
        "UPDATE seats SET state = 'booked' WHERE seat_id = 0",
        "UPDATE seats SET state = 'held' WHERE seat_id = 0",
        &["seats_equal_their_items", "seat_counters_equal_seats"],
    ),
    (
        "UPDATE seats SET state = 'held' WHERE seat_id = 4",
        "UPDATE seats SET state = 'booked' WHERE seat_id = 4",
        &["seats_equal_their_items", "seat_counters_equal_seats"],
    ),
    (
        "UPDATE seats SET state = 'available', hold_id = NULL WHERE seat_id = 8",
        "UPDATE seats SET state = 'booked', hold_id = bookings.hold_id FROM bookings WHERE seat_id = 8",
        &["seats_equal_their_items", "seat_counters_equal_seats"],
    ),
    (
        "UPDATE seats SET state = 'held', hold_id = holds.hold_id FROM holds WHERE seat_id = 3 AND status = 'active'",
        "UPDATE seats SET state = 'available', hold_id = NULL WHERE seat_id = 3",
        &["seats_equal_their_items", "seat_counters_equal_seats"],
    ),
    (
        "UPDATE seats SET hold_id = NULL WHERE seat_id = 0",
        "UPDATE seats SET hold_id = holds.hold_id FROM holds WHERE seat_id = 0 AND status = 'active'",
        &["seats_equal_their_items"],
    ),
    (
        "UPDATE seats SET hold_id = holds.hold_id FROM holds WHERE seat_id = 3 AND status = 'active'",
        "UPDATE seats SET hold_id = NULL WHERE seat_id = 3",
        &["seats_equal_their_items"],
    ),
    // Items: a seat in two holds, a seat twice in one hold, a held seat in no item.
    (
        "UPDATE items SET seat_ids = '{0, 4}' FROM holds WHERE holds.hold_id = items.hold_id AND status = 'active'",
        "UPDATE items SET seat_ids = '{0, 1}' FROM holds WHERE holds.hold_id = items.hold_id AND status = 'active'",
        &["seats_equal_their_items"],
    ),
    (
        "UPDATE items SET seat_ids = '{0, 1, 1}' FROM holds WHERE holds.hold_id = items.hold_id AND status = 'active'",
        "UPDATE items SET seat_ids = '{0, 1}' FROM holds WHERE holds.hold_id = items.hold_id AND status = 'active'",
        &["seats_equal_their_items"],
    ),
    (
        "UPDATE items SET seat_ids = '{0}' FROM holds WHERE holds.hold_id = items.hold_id AND status = 'active'",
        "UPDATE items SET seat_ids = '{0, 1}' FROM holds WHERE holds.hold_id = items.hold_id AND status = 'active'",
        &["seats_equal_their_items"],
    ),
    // The counters of the pools of seats.
    (
        "UPDATE pools SET held = held + 1 WHERE name = 'Stalls'",
        "UPDATE pools SET held = held - 1 WHERE name = 'Stalls'",
        &["held_equals_active_holds", "journal_equals_counters", "seat_counters_equal_seats"],
    ),
    (
        "UPDATE pools SET capacity = capacity + 1 WHERE name = 'Stalls'",
        "UPDATE pools SET capacity = capacity - 1 WHERE name = 'Stalls'",
        &["journal_equals_counters", "seat_counters_equal_seats"],
    ),
    (
        "UPDATE seats SET pool_id = pools.pool_id FROM pools WHERE seat_id = 3 AND name = 'Standing'",
        "UPDATE seats SET pool_id = pools.pool_id FROM pools WHERE seat_id = 3 AND name = 'Stalls'",
        &["seat_counters_equal_seats"],
    ),
    // Blocks.
    (
        "UPDATE pools SET blocked = blocked + 1 WHERE name = 'Standing'",
        "UPDATE pools SET blocked = blocked - 1 WHERE name = 'Standing'",
        &["journal_equals_counters", "blocked_equals_blocks"],
    ),
    (
        "UPDATE blocks SET quantity = quantity + 1",
        "UPDATE blocks SET quantity = quantity - 1",
        &["blocked_equals_blocks", "blocks_equal_their_seats"],
    ),
    (
        "UPDATE blocks SET pool_id = block_id",
        "UPDATE blocks SET pool_id = pools.pool_id FROM pools WHERE name = 'Stalls'",
        &["blocked_equals_blocks", "blocks_equal_their_seats"],
    ),
    (
        "UPDATE seats SET block_id = gen_random_uuid() WHERE state = 'blocked'",
        "UPDATE seats SET block_id = blocks.block_id FROM blocks WHERE state = 'blocked'",
        &["blocks_equal_their_seats"],
    ),
    (
        "UPDATE seats SET block_id = blocks.block_id FROM blocks WHERE seat_id = 3",
        "UPDATE seats SET block_id = NULL WHERE seat_id = 3",
        &["blocks_equal_their_seats"],
    ),
    (
        "UPDATE journal SET blocked_delta = blocked_delta + 1 WHERE kind = 'places_blocked'",
        "UPDATE journal SET blocked_delta = blocked_delta - 1 WHERE kind = 'places_blocked'",
        &["journal_equals_counters"],
    ),
    // The layout.
    (
        "UPDATE seats SET seat_id = 9 WHERE seat_id = 2",
        "UPDATE seats SET seat_id = 2 WHERE seat_id = 9",
        &["seats_equal_their_layout"],
    ),
    (
        "UPDATE layouts SET seat_count = seat_count + 1",
        "UPDATE layouts SET seat_count = seat_count - 1",
        &["seats_equal_their_layout"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_damage_to_seats_is_found_and_its_invariants_are_named() {
    let event = unguarded().await;
    for (damage, repair, expected) in DAMAGES {
        assert!(event.service.database.execute(*damage).await > 0, "{damage} does something");
        assert_eq!(broken(&event).await, *expected, "{damage}");
        event.service.database.execute(*repair).await;
        assert!(broken(&event).await.is_empty(), "{repair}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_count_above_the_capacity_or_below_zero_is_reported_as_oversold() {
    let event = unguarded().await;
    for blocked in [51, -1] {
        event.execute(format!("UPDATE pools SET blocked = {blocked} WHERE name = 'Standing'")).await;
        assert!(broken(&event).await.contains(&"never_oversold".to_owned()), "{blocked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_row_that_is_there_twice_is_found_where_no_key_prevents_it() {
    let event = unguarded().await;
    event.execute("ALTER TABLE seats DROP CONSTRAINT seats_pkey".to_owned()).await;
    event.execute("INSERT INTO seats SELECT * FROM seats WHERE seat_id = 0".to_owned()).await;
    assert_eq!(broken(&event).await, ["seat_counters_equal_seats", "seats_equal_their_layout"]);
}
