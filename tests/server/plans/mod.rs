//! Plans: every statement of the catalogue is explained on a filled database, and none may read a growing table from
//! end to end. The catalogue is `sqlx-data.json`; CI fails when it is stale.

mod guards;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::support::Database;

/// Tables whose size follows the number of events, venues, holds or bookings.
const GROWING: [&str; 17] = [
    "events",
    "pools",
    "ticket_types",
    "inventory",
    "holds",
    "items",
    "bookings",
    "journal",
    "idempotency_keys",
    "venues",
    "layouts",
    "layout_sections",
    "layout_seats",
    "series",
    "seats",
    "placed_items",
    "blocks",
];

/// Statements that read whole tables on purpose: a part of their text, and the reason why that is acceptable.
const READS_EVERYTHING: [(&str, &str); 4] = [
    (
        "/* audit */",
        "the invariants check compares all rows with all counters; operators and the worker run it every few minutes",
    ),
    ("/* currencies */", "`boxoffice migrate` reports unknown currencies once, after the migrations"),
    ("/* demo */", "`boxoffice dev` looks for its demo event once, when it starts"),
    ("/* totals */", "the totals add up one narrow row per event and pool; they are read at scrape time"),
];

#[tokio::test]
async fn no_statement_reads_a_growing_table_from_end_to_end() {
    let database = Database::create().await;
    fill(&database).await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("the database accepts connections");
    // As on the lanes, the plan may not depend on the values. Scans are allowed, so that the planner has a choice.
    connection.execute("SET plan_cache_mode = force_generic_plan").await.expect("a setting of PostgreSQL");

    let catalogue = catalogue();
    assert!(catalogue.len() > 20, "the catalogue has the service's statements");
    let mut offenders = Vec::new();
    for (hash, statement) in &catalogue {
        let text = statement["query"].as_str().expect("every statement has a text");
        if READS_EVERYTHING.iter().any(|(mark, _)| text.contains(mark)) {
            continue;
        }
        let plan = explain(&mut connection, text, parameters(statement)).await;
        let mut full = Vec::new();
        collect_full_reads(&plan, &mut full);
        if !full.is_empty() {
            offenders.push(format!("{hash}: {full:?}\n{text}\n{plan:#}"));
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n\n"));
}

#[test]
fn the_exemptions_name_statements_that_exist() {
    for (mark, reason) in READS_EVERYTHING {
        let found = catalogue().values().any(|statement| statement["query"].as_str().is_some_and(|q| q.contains(mark)));
        assert!(found, "{mark} ({reason}) is in no statement: remove the exemption");
    }
}

fn catalogue() -> serde_json::Map<String, Value> {
    let text = include_str!("../../../sqlx-data.json");
    serde_json::from_str(text).expect("the catalogue is an object of statements")
}

fn parameters(statement: &Value) -> usize {
    statement["parameters"].as_array().map_or(0, Vec::len)
}

/// PostgreSQL 15 explains a statement with parameters only once it is prepared.
async fn explain(connection: &mut PgConnection, text: &str, parameters: usize) -> Value {
    let run = |sql: String| AssertSqlSafe(sql);
    connection.execute(run(format!("PREPARE explained AS {text}"))).await.unwrap_or_else(|e| panic!("{text}: {e}"));
    let nulls = vec!["NULL"; parameters].join(", ");
    let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
    let explain = format!("EXPLAIN (FORMAT JSON, COSTS OFF) EXECUTE explained{arguments}");
    let plan: Value =
        sqlx::query_scalar(run(explain)).fetch_one(&mut *connection).await.unwrap_or_else(|e| panic!("{text}: {e}"));
    connection.execute("DEALLOCATE explained").await.expect("a prepared statement can be deallocated");
    plan[0]["Plan"].clone()
}

/// Sequential scans, and index scans without a condition that are not cut short by a LIMIT: a full read in disguise.
fn collect_full_reads(node: &Value, found: &mut Vec<String>) {
    collect(node, false, found);
}

fn collect(node: &Value, limited: bool, found: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let table = node["Relation Name"].as_str().unwrap_or_default();
    let conditioned = node["Index Cond"].is_string() || node["Recheck Cond"].is_string();
    let full = kind == "Seq Scan" || (kind.starts_with("Index") && !conditioned && !limited);
    if full && GROWING.contains(&table) {
        found.push(format!("{kind} on {table}"));
    }
    // A LIMIT bounds the rows that stream up to it; a sort or an aggregate in between reads all of its input first.
    let limited = match kind {
        "Limit" => true,
        "Sort" | "Aggregate" | "Hash" | "Materialize" => false,
        _ => limited,
    };
    for child in node["Plans"].as_array().into_iter().flatten() {
        collect(child, limited, found);
    }
}

/// Enough rows that a full read would be the planner's last choice.
async fn fill(database: &Database) {
    let statements = [
        "INSERT INTO venues (venue_id, name, layout_version, created_at, updated_at)
         SELECT gen_random_uuid(), 'Venue ' || n, 2, now(), now() FROM generate_series(1, 1000) AS n",
        "INSERT INTO layouts (venue_id, version, focal_x, focal_y, seat_count, created_at)
         SELECT venue_id, version, 0, 0, 20, now() FROM venues, generate_series(1, 2) AS version",
        "INSERT INTO layout_sections (venue_id, version, section, name, capacity, row_count)
         SELECT venue_id, version, n, 'Section ' || n, 10, 1 FROM layouts, generate_series(1, 2) AS n",
        "INSERT INTO layout_seats (venue_id, version, seat_id, section, row_label, seat_number, x, y, attributes)
         SELECT venue_id, version, section * 10 + n, section, 'A', n, 0, 0, 0
         FROM layout_sections, generate_series(1, 10) AS n",
        "INSERT INTO series (series_id, name, created_at, updated_at)
         SELECT gen_random_uuid(), 'Series ' || n, now(), now() FROM generate_series(1, 500) AS n",
        "INSERT INTO events (event_id, name, status, starts_at, time_zone, created_at, updated_at, series_id)
         SELECT gen_random_uuid(), 'Event ' || n, 'on_sale', now() + n * interval '1 minute', 'UTC', now(), now(), series_id
         FROM (SELECT series_id, row_number() OVER () AS number FROM series) AS numbered, generate_series(1, 5000) AS n
         WHERE n % 500 = number % 500",
        "INSERT INTO inventory (event_id, seq) SELECT event_id, 1 FROM events",
        "INSERT INTO pools (pool_id, event_id, position, name, capacity)
         SELECT gen_random_uuid(), event_id, 0, 'Stalls', 1000 FROM events",
        "INSERT INTO ticket_types (ticket_type_id, event_id, pool_id, position, name, price)
         SELECT gen_random_uuid(), event_id, pool_id, 0, 'Adult', 100 FROM pools",
        "INSERT INTO holds (hold_id, event_id, status, quantity, total, ttl_seconds, created_at, expires_at, ended_at,
                            idempotency_key, fingerprint)
         SELECT gen_random_uuid(), event_id, CASE WHEN n % 5 = 0 THEN 'active' ELSE 'booked' END, 1, 100, 120,
                now(), now() + n * interval '1 minute', CASE WHEN n % 5 = 0 THEN NULL ELSE now() END,
                gen_random_uuid(), '\\x00'
         FROM events, generate_series(1, 10) AS n",
        "INSERT INTO items (hold_id, ticket_type_id, pool_id, quantity, unit_price)
         SELECT hold_id, ticket_type_id, pool_id, 1, price FROM holds JOIN ticket_types USING (event_id)",
        "INSERT INTO bookings (booking_id, hold_id, event_id, status, payment, created_at)
         SELECT gen_random_uuid(), hold_id, event_id, 'confirmed', 'not_required', now()
         FROM holds WHERE status = 'booked'",
        "INSERT INTO journal (event_id, seq, recorded_at, kind, capacity_delta, held_delta, booked_delta)
         SELECT event_id, n, now(), 'event_amended', 0, 0, 0 FROM events, generate_series(1, 20) AS n",
        "INSERT INTO seats (event_id, seat_id, pool_id)
         SELECT event_id, n, pool_id FROM pools, generate_series(1, 10) AS n",
        "INSERT INTO placed_items (hold_id, ticket_type_id, pool_id, quantity, unit_price)
         SELECT hold_id, ticket_type_id, pool_id, 1, price FROM holds JOIN ticket_types USING (event_id)",
        "INSERT INTO blocks (block_id, event_id, pool_id, quantity, reason, created_at, updated_at)
         SELECT gen_random_uuid(), event_id, pool_id, 1, 'House seats', now(), now() FROM pools",
        "INSERT INTO idempotency_keys (idempotency_key, fingerprint, status, body, created_at)
         SELECT gen_random_uuid(), '\\x00', 201, '{}', now() - n * interval '1 minute'
         FROM generate_series(1, 20000) AS n",
        "ANALYZE",
    ];
    for statement in statements {
        database.execute(statement).await;
    }
}
