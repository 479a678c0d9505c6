//! Deleting a seated event deletes all its rows.

use uuid::Uuid;

use super::{create, theatre, venue, zoned_play};
use crate::api::stage::text;
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn deleting_an_event_deletes_its_seats_and_blocks_and_none_of_another_event() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let (event, other) =
        (create(&service.client, zoned_play(&venue_id)).await, create(&service.client, zoned_play(&venue_id)).await);
    for body in [&event.body, &other.body] {
        let (event_id, pool_id) = (text(&body["event_id"]), text(&body["pools"][3]["pool_id"]));
        let block = format!(
            "INSERT INTO blocks (block_id, event_id, pool_id, quantity, reason, created_at, updated_at)
             VALUES ('{}', '{event_id}', '{pool_id}', 2, 'House', now(), now())",
            Uuid::now_v7()
        );
        service.database.execute(block).await;
    }
    service.client.delete(event.header("location")).await.expect(204);
    for (table, rows_of_each) in [("seats", 64), ("blocks", 1), ("pools", 6), ("journal", 6)] {
        let count = |id: String| format!("SELECT count(*) FROM {table} WHERE event_id = '{id}'");
        assert_eq!(service.database.number(&count(event.id("event_id"))).await, 0, "{table}");
        assert_eq!(service.database.number(&count(other.id("event_id"))).await, rows_of_each, "{table}");
    }
    service.client.get(&format!("/api/v1/venues/{venue_id}")).await.expect(200);
}
