//! A double booking of a seat is impossible even for who writes past the code: SQL on the rows themselves.

use sqlx::{AssertSqlSafe, Executor};

use super::House;

impl House {
    /// The constraint that refuses a statement; `None` if none does.
    async fn refused(&self, sql: &str) -> Option<String> {
        let result = (&self.service.database.pool).execute(AssertSqlSafe(sql.to_owned())).await;
        let error = result.err()?;
        let by = error.as_database_error().and_then(|error| error.constraint());
        Some(by.unwrap_or_else(|| panic!("{sql}: {error}")).to_owned())
    }

    async fn rows_of(&self, seat: i32) -> i64 {
        self.service.database.number(&format!("SELECT count(*) FROM seats WHERE seat_id = {seat}")).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn double_booking_a_seat_is_impossible_past_the_code() {
    let house = House::small().await;
    let (first, second) = (house.hold("0").await, house.hold("1").await);

    // There is one row for the seat, and it has one place for a hold: whoever overwrites it has taken the seat away from the
    // first, and does not have it beside them.
    for another in [
        "INSERT INTO seats SELECT * FROM seats WHERE seat_id = 0".to_owned(),
        format!(
            "INSERT INTO seats (event_id, seat_id, pool_id, state, hold_id)
             SELECT event_id, seat_id, pool_id, 'booked', '{second}' FROM seats WHERE seat_id = 0"
        ),
        "UPDATE seats SET seat_id = 0 WHERE seat_id = 1".to_owned(),
    ] {
        assert_eq!(house.refused(&another).await.as_deref(), Some("seats_pkey"), "{another}");
    }
    let overwrite = format!("UPDATE seats SET hold_id = '{second}' WHERE seat_id = 0");
    assert_eq!(house.refused(&overwrite).await, None);
    let of = |hold_id: &str| format!("SELECT count(*) FROM seats WHERE seat_id = 0 AND hold_id = '{hold_id}'");
    assert_eq!(house.service.database.number(&of(&first)).await, 0, "the first has it no more");
    assert_eq!((house.service.database.number(&of(&second)).await, house.rows_of(0).await), (1, 1));
    house.refused(&format!("UPDATE seats SET hold_id = '{first}' WHERE seat_id = 0")).await;

    // Nobody has a seat without being named, and nobody is named without having it.
    for (unnamed, by) in [
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
        assert_eq!(house.refused(unnamed).await.as_deref(), Some(by), "{unnamed}");
    }

    // The seat's hold becomes at most one booking.
    house.book(&first, "0").await;
    let again =
        "INSERT INTO bookings SELECT gen_random_uuid(), hold_id, event_id, status, payment, created_at FROM bookings";
    assert_eq!(house.refused(again).await.as_deref(), Some("bookings_hold_unique"));
    house.service.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_take_a_seat_at_once_past_the_code_only_one_finds_it_available() {
    let house = House::small().await;
    let pool = &house.service.database.pool;
    let take = "UPDATE seats SET state = 'held', hold_id = gen_random_uuid() WHERE seat_id = 0 AND state = 'available'";
    let mut first = pool.begin().await.expect("a transaction begins");
    let taken = (&mut *first).execute(take).await.expect("nobody has it").rows_affected();
    let second = tokio::spawn({
        let pool = pool.clone();
        async move { (&pool).execute(take).await.expect("it is no violation").rows_affected() }
    });
    house.service.database.until_somebody_waits_for_a_lock().await;
    first.commit().await.expect("the first commits");
    assert_eq!((taken, second.await.expect("the second ends")), (1, 0));
}
