//! `/api/v1/events/{id}/seats`.

mod changes;
mod drawing;
mod invariants;
mod past_the_code;
mod states;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Reply, Service};

/// A seated event, and methods that change its seats by SQL as inventory does: rows, counters and journal together.
struct SeatedEvent {
    service: Service,
    event_id: String,
    venue_id: String,
}

impl SeatedEvent {
    /// Event with two rows of four seats, a box of one seat, and 50 standing places, each in its own section.
    async fn small() -> Self {
        let sections = json!([
            {"name": "Stalls", "rows": "rows A-B, 1-4"},
            {"name": "Box", "seats": [{"row": "1", "number": "1"}]},
            {"name": "Standing", "capacity": 50},
        ]);
        Self::open(json!({"name": "Playhouse", "sections": sections})).await
    }

    /// Event in an arena of 20,000 seats whose states follow no pattern, so that they compress badly.
    async fn arena() -> Self {
        let block = |n: i64| json!({"name": format!("Block {n}"), "rows": "rows 1-100, 1-40, aisle after 10 and 30"});
        let event = Self::open(json!({"name": "Arena", "sections": (1..=5).map(block).collect::<Vec<_>>()})).await;
        let scattered = "WITH dice AS (
                SELECT event_id, seat_id, hashint4(seat_id * 7919 + 13) & 3 AS face FROM seats
            )
            UPDATE seats SET
                state = (ARRAY['available', 'held', 'booked', 'blocked'])[face + 1],
                hold_id = CASE WHEN face IN (1, 2) THEN gen_random_uuid() END,
                block_id = CASE WHEN face = 3 THEN gen_random_uuid() END
            FROM dice WHERE dice.event_id = seats.event_id AND dice.seat_id = seats.seat_id";
        assert_eq!(event.service.database.execute(scattered).await, 20_000);
        event
    }

    /// Creates an event at a new venue. Its name must be escaped in markup.
    async fn open(venue: Value) -> Self {
        let service = Service::start().await;
        let venue_id = service.client.post("/api/v1/venues", venue).await.expect(201).id("venue_id");
        let event = json!({"name": "A <play> & \"more\"", "venue_id": venue_id});
        let event_id = service.client.post("/api/v1/events", event).await.expect(201).id("event_id");
        Self { service, event_id, venue_id }
    }

    fn client(&self) -> &Client {
        &self.service.client
    }

    fn path(&self) -> String {
        format!("/api/v1/events/{}/seats", self.event_id)
    }

    async fn seats(&self) -> Reply {
        self.client().get(&self.path()).await.expect(200)
    }

    async fn changes_since(&self, sequence: i64) -> Value {
        self.client().get(&format!("{}?since={sequence}", self.path())).await.expect(200).body
    }

    async fn hold(&self, seats: &str) -> String {
        let hold_id = Uuid::now_v7().to_string();
        self.execute(format!(
            "INSERT INTO holds (hold_id, event_id, status, quantity, total, ttl_seconds, created_at, expires_at)
             SELECT '{hold_id}', '{{event}}', 'active', cardinality('{{{seats}}}'::integer[]), 0, 120, now(),
                 now() + interval '2 minutes';
             INSERT INTO items (hold_id, ticket_type_id, pool_id, quantity, unit_price, seat_ids)
             SELECT '{hold_id}', ticket_type_id, pool_id, count(*), 0, array_agg(seat_id ORDER BY seat_id)
             FROM seats JOIN ticket_types USING (event_id, pool_id)
             WHERE event_id = '{{event}}' AND seat_id = ANY ('{{{seats}}}') GROUP BY ticket_type_id, pool_id;
             {}
             UPDATE inventory SET active_holds = active_holds + 1 WHERE event_id = '{{event}}';",
            move_seats_sql("hold_placed", seats, "held", Some(&hold_id), None)
        ))
        .await;
        hold_id
    }

    async fn book(&self, hold_id: &str, seats: &str) {
        self.execute(format!(
            "UPDATE holds SET status = 'booked', ended_at = now() WHERE hold_id = '{hold_id}';
             INSERT INTO bookings (booking_id, hold_id, event_id, status, payment, created_at)
             VALUES (gen_random_uuid(), '{hold_id}', '{{event}}', 'confirmed', 'not_required', now());
             {}
             UPDATE inventory SET active_holds = active_holds - 1, bookings = bookings + 1 WHERE event_id = '{{event}}';",
            move_seats_sql("hold_booked", seats, "booked", Some(hold_id), None)
        ))
        .await;
    }

    async fn release(&self, hold_id: &str, seats: &str) {
        self.execute(format!(
            "UPDATE holds SET status = 'released', ended_at = now() WHERE hold_id = '{hold_id}';
             {}
             UPDATE inventory SET active_holds = active_holds - 1 WHERE event_id = '{{event}}';",
            move_seats_sql("hold_released", seats, "available", None, None)
        ))
        .await;
    }

    /// Blocks seats, all of one pool.
    async fn block(&self, seats: &str) {
        let block_id = Uuid::now_v7().to_string();
        self.execute(format!(
            "INSERT INTO blocks (block_id, event_id, pool_id, quantity, reason, created_at, updated_at)
             SELECT '{block_id}', event_id, pool_id, count(*), 'House seats', now(), now()
             FROM seats WHERE event_id = '{{event}}' AND seat_id = ANY ('{{{seats}}}') GROUP BY event_id, pool_id;
             {}",
            move_seats_sql("places_blocked", seats, "blocked", None, Some(&block_id))
        ))
        .await;
    }

    /// Adds a journal entry that changes no seat.
    async fn amend(&self) {
        self.execute(
            "UPDATE inventory SET seq = seq + 1 WHERE event_id = '{event}';
             INSERT INTO journal (event_id, seq, recorded_at, kind, capacity_delta, held_delta, booked_delta)
             SELECT event_id, seq, now(), 'event_amended', 0, 0, 0 FROM inventory WHERE event_id = '{event}'"
                .to_owned(),
        )
        .await;
    }

    async fn execute(&self, sql: String) {
        self.service.database.execute(sql.replace("{event}", &self.event_id)).await;
    }

    /// Brings seats into every state: 0 and 1 are held, 4 and 8 booked, 7 is blocked, 2 was held and released.
    /// Returns the id of the hold of 0 and 1.
    async fn fill(&self) -> String {
        let given_back = self.hold("2").await;
        self.release(&given_back, "2").await;
        let booked = self.hold("4,8").await;
        self.book(&booked, "4,8").await;
        self.block("7").await;
        self.hold("0,1").await
    }
}

/// SQL that changes the state of seats: their rows, the counters of their pools, and a journal entry for each pool.
fn move_seats_sql(kind: &str, seats: &str, state: &str, hold_id: Option<&str>, block_id: Option<&str>) -> String {
    let id = |id: Option<&str>| id.map_or("NULL".to_owned(), |id| format!("'{id}'"));
    let (hold_id, block_id) = (id(hold_id), id(block_id));
    format!(
        "WITH changed AS (
             SELECT pool_id, array_agg(seat_id ORDER BY seat_id) AS seat_ids,
                 (('{state}' = 'held')::integer - (min(state) = 'held')::integer) * count(*) AS held,
                 (('{state}' = 'booked')::integer - (min(state) = 'booked')::integer) * count(*) AS booked,
                 (('{state}' = 'blocked')::integer - (min(state) = 'blocked')::integer) * count(*) AS blocked
             FROM seats WHERE event_id = '{{event}}' AND seat_id = ANY ('{{{seats}}}') GROUP BY pool_id
         ), counted AS (
             UPDATE pools SET held = pools.held + changed.held, booked = pools.booked + changed.booked,
                 blocked = pools.blocked + changed.blocked
             FROM changed WHERE changed.pool_id = pools.pool_id
         ), advanced AS (
             UPDATE inventory SET seq = seq + (SELECT count(*) FROM changed) WHERE event_id = '{{event}}' RETURNING seq
         )
         INSERT INTO journal (event_id, seq, recorded_at, kind, pool_id, hold_id, capacity_delta, held_delta, booked_delta,
                              blocked_delta, seat_ids)
         SELECT '{{event}}', seq + 1 - row_number() OVER (ORDER BY changed.pool_id), now(), '{kind}', changed.pool_id, {hold_id},
             0, changed.held, changed.booked, changed.blocked, changed.seat_ids
         FROM changed, advanced;
         UPDATE seats SET state = '{state}', hold_id = {hold_id}, block_id = {block_id}
         WHERE event_id = '{{event}}' AND seat_id = ANY ('{{{seats}}}');"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seat_changes_of_these_tests_keep_all_invariants() {
    let event = SeatedEvent::small().await;
    event.service.database.assert_invariants_hold().await;
    let held = event.fill().await;
    event.service.database.assert_invariants_hold().await;
    event.release(&held, "0,1").await;
    event.amend().await;
    event.service.database.assert_invariants_hold().await;
}
