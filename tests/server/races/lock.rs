//! The lock of an event: a batch that waited for it decides on the state after the previous holder's commit.

use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_waited_for_the_lock_sees_the_writes_made_under_it() {
    let service = Service::start().await;
    let event_id = service.client.event(10).await;

    // Does what another instance would do: takes the lock, writes a resize, then commits.
    let mut other = service.database.lock_all_events().await;
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
    service.database.wait_for_blocked_statement().await;
    other.commit().await.expect("the other commits");

    let refused = hold.await.expect("the request is answered").expect_problem(409, "INSUFFICIENT_SEATS");
    assert_eq!(refused.body["available"], 0, "{}", refused.text);
    service.database.assert_invariants_hold().await;
}
