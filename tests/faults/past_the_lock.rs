//! Writes without the event lock, as by an operator, a bug or a lost lock: the constraints and row counts notice them.
//!
//! Each such write is done but not committed when the batch loads, so the batch decides on the rows from before. It is
//! committed when the batch waits for the rows that it wants to write. The request must fail, with nothing changed.

use std::pin::Pin;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::support::{Client, Reply, Service};

/// An event with 10 places, one of them held.
struct Scene {
    service: Service,
    event_id: String,
    hold: Reply,
}

type Request = Pin<Box<dyn Future<Output = Reply> + Send>>;

impl Scene {
    async fn set_up() -> Self {
        let service = Service::start().await;
        let event_id = service.client.event(10).await;
        let hold = service.client.hold(&event_id, 1).await.expect(201);
        Self { service, event_id, hold }
    }

    fn place(&self) -> Request {
        let (client, event_id) = (self.service.client.clone(), self.event_id.clone());
        Box::pin(async move { client.hold(&event_id, 1).await })
    }

    fn book(&self) -> Request {
        let (client, hold) = (self.service.client.clone(), self.hold.clone());
        Box::pin(async move { client.book(&hold).await })
    }

    fn cancel(&self, booking: Reply) -> Request {
        let client = self.service.client.clone();
        Box::pin(async move { client.cancel(&booking).await })
    }

    /// Runs the request while `write` is uncommitted, and asserts that it fails. After `undo` all counts are as before.
    async fn assert_noticed(&self, request: Request, write: &str, undo: &str) {
        let database = &self.service.database;
        let before = self.service.client.status(&self.event_id).await;
        let mut writer = database.pool.begin().await.expect("a transaction begins");
        sqlx::query(AssertSqlSafe(write.to_owned())).execute(&mut *writer).await.expect("no constraint refuses it");
        let mut request = tokio::spawn(request);
        tokio::select! {
            () = database.wait_for_blocked_statement() => {}
            reply = &mut request => panic!("it did not wait: {:?}", reply.expect("the request is answered")),
        }
        writer.commit().await.expect("the write commits");

        request.await.expect("the request is answered").expect_problem(500, "INTERNAL");
        database.execute(undo).await;
        let after = self.service.client.status(&self.event_id).await;
        for figure in ["total", "available", "held", "booked", "sequence"] {
            assert_eq!(after[figure], before[figure], "{figure}");
        }
        database.assert_invariants_hold().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_taken_without_the_lock_are_not_sold_again() {
    let scene = Scene::set_up().await;
    scene.assert_noticed(scene.place(), "UPDATE pools SET held = 10", "UPDATE pools SET held = 1").await;
    scene.place().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_ended_without_the_lock_is_not_booked() {
    let scene = Scene::set_up().await;
    let end = "UPDATE holds SET status = 'released', ended_at = clock_timestamp()";
    scene.assert_noticed(scene.book(), end, "UPDATE holds SET status = 'active', ended_at = NULL").await;
    scene.book().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_booked_without_the_lock_is_not_booked_again() {
    let scene = Scene::set_up().await;
    let book = "INSERT INTO bookings (booking_id, hold_id, event_id, status, payment, created_at)
                SELECT gen_random_uuid(), hold_id, event_id, 'confirmed', 'not_required', clock_timestamp() FROM holds";
    scene.assert_noticed(scene.book(), book, "DELETE FROM bookings").await;
    scene.book().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_cancelled_without_the_lock_does_not_give_back_its_places_again() {
    let scene = Scene::set_up().await;
    let booking = scene.book().await.expect(201);
    let cancel = "UPDATE bookings SET status = 'cancelled', cancelled_at = clock_timestamp()";
    let undo = "UPDATE bookings SET status = 'confirmed', cancelled_at = NULL";
    scene.assert_noticed(scene.cancel(booking.clone()), cancel, undo).await;
    scene.cancel(booking).await.expect(200);
}

/// An event with two ticket types.
struct Concert {
    event_id: String,
    adult: Value,
    child: Value,
}

impl Concert {
    async fn create(client: &Client) -> Self {
        let pool = json!({"name": "Floor", "capacity": 10});
        let types = ["Adult", "Child"].map(|name| json!({"name": name, "pool": "Floor", "price": 1000}));
        let event = json!({"name": "A show", "currency": "EUR", "pools": [pool], "ticket_types": types});
        let event = client.post("/api/v1/events", event).await.expect(201);
        let id = |number: usize| event.body["ticket_types"][number]["ticket_type_id"].clone();
        Self { event_id: event.id("event_id"), adult: id(0), child: id(1) }
    }

    /// Items of a request; without those of quantity 0.
    fn items(&self, adults: u32, children: u32) -> Value {
        let mut items = Vec::new();
        for (ticket_type_id, quantity) in [(&self.adult, adults), (&self.child, children)] {
            if quantity > 0 {
                items.push(json!({"ticket_type_id": ticket_type_id, "qty": quantity}));
            }
        }
        Value::Array(items)
    }

    async fn hold(&self, client: &Client, adults: u32, children: u32) -> Reply {
        let body = json!({"event_id": self.event_id, "items": self.items(adults, children)});
        client.post("/api/v1/holds", body).await.expect(201)
    }

    fn change(&self, client: &Client, hold: &Reply, adults: u32, children: u32) -> Request {
        let (client, body) = (client.clone(), json!({"items": self.items(adults, children)}));
        let (path, token) = (format!("/api/v1/holds/{}/items", hold.id("hold_id")), hold.id("payment_token"));
        Box::pin(async move { client.send(Method::PUT, &path, &[("X-Payment-Token", &token)], Some(body)).await })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_removed_without_the_lock_is_noticed_when_the_items_of_its_hold_change() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, 1, 2).await;
    let scene = Scene { service, event_id: concert.event_id.clone(), hold };
    let change = || concert.change(&scene.service.client, &scene.hold, 2, 2);
    scene.service.database.execute("CREATE TABLE removed AS SELECT * FROM items WHERE quantity = 2").await;
    let undo = "INSERT INTO items SELECT * FROM removed";
    scene.assert_noticed(change(), "DELETE FROM items WHERE quantity = 2", undo).await;
    change().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_batch_the_items_of_one_hold_do_not_stand_in_for_those_of_another() {
    let service = Service::start_with(|settings| settings.inventory.lanes = 1).await;
    let (client, database) = (&service.client, &service.database);
    let concert = Concert::create(client).await;
    let receiver = concert.hold(client, 1, 0).await;
    let giver = concert.hold(client, 0, 1).await;

    // While the only lane waits for the event, both changes wait for the lane. Then they share a batch.
    let lock = database.lock_event(&concert.event_id).await;
    let first = tokio::spawn(concert.change(client, &receiver, 2, 0));
    database.wait_for_blocked_statement().await;
    let of_receiver = tokio::spawn(concert.change(client, &receiver, 3, 0));
    let of_giver = tokio::spawn(concert.change(client, &giver, 0, 2));
    while client.metric("lane_queue_depth").await < 2.0 {
        tokio::task::yield_now().await;
    }
    let mut writer = database.pool.begin().await.expect("a transaction begins");
    let give = "UPDATE items SET hold_id = $1::text::uuid WHERE hold_id = $2::text::uuid";
    let given = sqlx::query(give).bind(receiver.id("hold_id")).bind(giver.id("hold_id"));
    given.execute(&mut *writer).await.expect("no constraint refuses it");
    lock.rollback().await.expect("the lane goes on");
    first.await.expect("the request is answered").expect(200);
    database.wait_for_blocked_statement().await;
    writer.commit().await.expect("the write commits");

    // The batch is rolled back, and each change is decided alone, on the rows as they are now.
    of_receiver.await.expect("the request is answered").expect(200);
    of_giver.await.expect("the request is answered").expect_problem(404, "HOLD_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_entry_written_without_the_lock_keeps_its_sequence_number() {
    let scene = Scene::set_up().await;
    let write = "INSERT INTO journal (event_id, seq, recorded_at, kind, capacity_delta, held_delta, booked_delta)
                 SELECT event_id, seq + 1, clock_timestamp(), 'event_amended', 0, 0, 0 FROM inventory";
    scene.assert_noticed(scene.place(), write, "DELETE FROM journal WHERE kind = 'event_amended'").await;
    scene.place().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_panics_on_impossible_rows_fails_alone_and_the_lane_goes_on() {
    let service = Service::start_with(|settings| settings.inventory.lanes = 1).await;
    let event_id = service.client.event(10).await;
    let hold = service.client.hold(&event_id, 2).await.expect(201);
    service.database.execute("UPDATE pools SET held = 0").await;
    service.client.release(&hold).await.expect_problem(500, "INTERNAL");

    let other = service.client.event(10).await;
    service.client.hold(&other, 1).await.expect(201);
    service.database.execute(format!("UPDATE pools SET held = 2 WHERE event_id = '{event_id}'")).await;
    assert_eq!(service.client.release(&hold).await.expect(200).body["success"], json!(true));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impossible_column_value_is_an_error_and_is_not_changed_into_a_possible_one() {
    let Scene { service, event_id, hold } = Scene::set_up().await;
    let database = &service.database;
    for (check, table, column, impossible, before) in [
        ("pools_held_not_negative", "pools", "held", "-1", "1"),
        ("ticket_types_max_quantity_range", "ticket_types", "max_quantity", "-1", "NULL"),
        ("events_currency_shape", "events", "currency", "'eur'", "NULL"),
    ] {
        database.execute(format!("ALTER TABLE {table} DROP CONSTRAINT {check}")).await;
        database.execute(format!("UPDATE {table} SET {column} = {impossible}")).await;
        service.client.hold(&event_id, 1).await.expect_problem(500, "INTERNAL");
        let altered = format!("SELECT count(*) FROM {table} WHERE {column} IS DISTINCT FROM {impossible}");
        assert_eq!(database.number(&altered).await, 0, "{column} was altered");
        database.execute(format!("UPDATE {table} SET {column} = {before}")).await;
    }
    service.client.book(&hold).await.expect(201);
    database.assert_invariants_hold().await;
}
