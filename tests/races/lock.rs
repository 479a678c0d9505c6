//! The lock of an event: whoever waited for it decides on what the one before has left.

use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_under_the_lock_is_seen_by_the_batch_that_waited_for_it() {
    let service = Service::start().await;
    let event_id = service.client.event(10).await;

    // As another instance would: the lock, then all of a resize, then the COMMIT.
    let mut other = service.database.lock_everything().await;
    let resize = "WITH resized AS (UPDATE pools SET capacity = 0 RETURNING event_id, pool_id),
                       advanced AS (UPDATE inventory SET seq = seq + 1 RETURNING event_id, seq)
                  INSERT INTO journal (event_id, seq, recorded_at, kind, pool_id, capacity_delta, held_delta, booked_delta)
                  SELECT event_id, seq, clock_timestamp(), 'pool_resized', pool_id, -10, 0, 0
                  FROM resized JOIN advanced USING (event_id)";
    sqlx::query(resize).execute(&mut *other).await.expect("the lock is held");
    let hold = tokio::spawn({
        let (client, event_id) = (service.client.clone(), event_id.clone());
        async move { client.hold(&event_id, 1).await }
    });
    service.database.until_somebody_waits_for_a_lock().await;
    other.commit().await.expect("the other commits");

    let refused = hold.await.expect("the request is answered").expect_problem(409, "INSUFFICIENT_SEATS");
    assert_eq!(refused.body["available"], 0, "{}", refused.text);
    service.database.assert_sound().await;
}
