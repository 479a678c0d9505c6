//! The schema alone makes double booking a seat impossible: SQL that bypasses the code is refused too.

use sqlx::{AssertSqlSafe, Executor};

use super::SeatedEvent;

impl SeatedEvent {
    /// The constraint that refuses a statement; `None` if none does.
    async fn refusing_constraint(&self, sql: &str) -> Option<String> {
        let result = (&self.service.database.pool).execute(AssertSqlSafe(sql.to_owned())).await;
        let error = result.err()?;
        let constraint = error.as_database_error().and_then(|error| error.constraint());
        Some(constraint.unwrap_or_else(|| panic!("{sql}: {error}")).to_owned())
    }

    async fn count_rows(&self, seat: i32) -> i64 {
        self.service.database.number(&format!("SELECT count(*) FROM seats WHERE seat_id = {seat}")).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_constraints_alone_make_double_booking_a_seat_impossible() {
    let event = SeatedEvent::small().await;
    let (first, second) = (event.hold("0").await, event.hold("1").await);

    // The seat has one row with one hold: overwriting the hold takes the seat away from the first one.
    for another in [
        "INSERT INTO seats SELECT * FROM seats WHERE seat_id = 0".to_owned(),
        format!(
            "INSERT INTO seats (event_id, seat_id, pool_id, state, hold_id)
             SELECT event_id, seat_id, pool_id, 'booked', '{second}' FROM seats WHERE seat_id = 0"
        ),
        "UPDATE seats SET seat_id = 0 WHERE seat_id = 1".to_owned(),
    ] {
        assert_eq!(event.refusing_constraint(&another).await.as_deref(), Some("seats_pkey"), "{another}");
    }
    let overwrite = format!("UPDATE seats SET hold_id = '{second}' WHERE seat_id = 0");
    assert_eq!(event.refusing_constraint(&overwrite).await, None);
    let count_seats = |hold_id: &str| format!("SELECT count(*) FROM seats WHERE seat_id = 0 AND hold_id = '{hold_id}'");
    assert_eq!(event.service.database.number(&count_seats(&first)).await, 0, "the first hold has lost the seat");
    assert_eq!((event.service.database.number(&count_seats(&second)).await, event.count_rows(0).await), (1, 1));
    event.refusing_constraint(&format!("UPDATE seats SET hold_id = '{first}' WHERE seat_id = 0")).await;

    // A taken seat must name its hold or block, and an available seat must name none.
    for (unnamed, constraint) in [
        ("UPDATE seats SET state = 'held' WHERE seat_id = 2", "seats_taken_by_a_hold"),
        ("UPDATE seats SET state = 'booked' WHERE seat_id = 2", "seats_taken_by_a_hold"),
        ("UPDATE seats SET state = 'available' WHERE seat_id = 0", "seats_taken_by_a_hold"),
        ("UPDATE seats SET hold_id = NULL WHERE seat_id = 0", "seats_taken_by_a_hold"),
        ("UPDATE seats SET hold_id = gen_random_uuid() WHERE seat_id = 2", "seats_taken_by_a_hold"),
        ("UPDATE seats SET state = 'blocked', hold_id = NULL WHERE seat_id = 0", "seats_blocked_by_a_block"),
        ("UPDATE seats SET state = 'blocked', block_id = gen_random_uuid() WHERE seat_id = 0", "seats_taken_by_a_hold"),
        ("UPDATE seats SET block_id = gen_random_uuid() WHERE seat_id = 0", "seats_blocked_by_a_block"),
        ("UPDATE seats SET state = 'sold' WHERE seat_id = 2", "seats_state_known"),
    ] {
        assert_eq!(event.refusing_constraint(unnamed).await.as_deref(), Some(constraint), "{unnamed}");
    }

    // A hold becomes at most one booking.
    event.book(&first, "0").await;
    let again =
        "INSERT INTO bookings SELECT gen_random_uuid(), hold_id, event_id, status, payment, created_at FROM bookings";
    assert_eq!(event.refusing_constraint(again).await.as_deref(), Some("bookings_hold_unique"));
    event.service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_concurrent_statements_that_take_a_seat_only_one_finds_it_available() {
    let event = SeatedEvent::small().await;
    let pool = &event.service.database.pool;
    let take = "UPDATE seats SET state = 'held', hold_id = gen_random_uuid() WHERE seat_id = 0 AND state = 'available'";
    let mut first = pool.begin().await.expect("a transaction begins");
    let taken = (&mut *first).execute(take).await.expect("the seat is available").rows_affected();
    let second = tokio::spawn({
        let pool = pool.clone();
        async move { (&pool).execute(take).await.expect("no constraint refuses it").rows_affected() }
    });
    event.service.database.wait_for_blocked_statement().await;
    first.commit().await.expect("the first commits");
    assert_eq!((taken, second.await.expect("the second ends")), (1, 0));
}
