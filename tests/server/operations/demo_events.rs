//! The demo events of `boxoffice dev`.

use boxoffice::demo_events;
use serde_json::json;

use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_database_gets_two_demo_events_on_sale_once_and_the_second_has_seats() {
    let service = Service::start().await;
    let (pool, client) = (&service.database.pool, &service.client);
    let affinities = "c0de-c0de".parse().expect("a range");
    let demo = demo_events::ensure(pool, affinities).await.expect("they can be created");
    let (concert, comedy) = (demo.concert.to_string(), demo.comedy.to_string());
    assert!(concert.ends_with("c0de") && comedy.ends_with("c0de"), "{concert} {comedy}");
    for (event_id, seats) in [(&concert, 0), (&comedy, 224)] {
        assert_eq!(client.status(event_id).await["status"], "on_sale");
        let statement = format!("SELECT count(*) FROM seats WHERE event_id = '{event_id}'");
        assert_eq!(service.database.number(&statement).await, seats);
    }
    // The requests that the welcome message of `boxoffice dev` shows.
    client.hold(&concert, 2).await.expect(201);
    let best = json!({"event_id": comedy, "best_available": {"qty": 3, "section": "Balcony"}});
    client.post("/api/v1/holds", best).await.expect(201);

    let again = demo_events::ensure(pool, affinities).await.expect("they can be found");
    assert_eq!((again.concert, again.comedy), (demo.concert, demo.comedy));
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 2);
    assert_eq!(service.database.number("SELECT count(*) FROM venues").await, 1);
    service.database.assert_invariants_hold().await;
}
