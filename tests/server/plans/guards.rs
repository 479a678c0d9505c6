//! The guards of the schema: invalid writes that PostgreSQL itself refuses. The statements here bypass the code.

use std::collections::{BTreeMap, BTreeSet};

use boxoffice_engine::db::constraints::HOLDS_IDEMPOTENCY_KEY_UNIQUE;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::support::Database;

/// A pool of 10 places with a hold of 4 that is booked once. All tables have one row.
const SOLD: &str = "
    INSERT INTO venues (venue_id, name, layout_version, created_at, updated_at)
    VALUES ('00000000-0000-7000-8000-000000000008', 'City Hall', 1, now(), now());
    INSERT INTO layouts (venue_id, version, focal_x, focal_y, seat_count, created_at)
    SELECT venue_id, 1, 0, 0, 1, now() FROM venues;
    INSERT INTO layout_sections (venue_id, version, section, name, capacity, row_count)
    SELECT venue_id, version, 0, 'Stalls', 1, 1 FROM layouts;
    INSERT INTO layout_seats (venue_id, version, seat_id, section, row_label, seat_number, x, y, attributes)
    SELECT venue_id, version, 0, section, 'A', '1', 0, 0, 0 FROM layout_sections;
    INSERT INTO series (series_id, name, created_at, updated_at)
    VALUES ('00000000-0000-7000-8000-000000000009', 'A play', now(), now());
    INSERT INTO events (event_id, name, status, time_zone, created_at, updated_at, series_id, venue_id, layout_version)
    SELECT '00000000-0000-7000-8000-000000000001', 'A show', 'on_sale', 'UTC', now(), now(), series_id, venue_id, version
    FROM series, layouts;
    INSERT INTO inventory (event_id, seq, bookings) SELECT event_id, 1, 1 FROM events;
    INSERT INTO pools (pool_id, event_id, position, name, capacity, held, booked)
    SELECT '00000000-0000-7000-8000-000000000002', event_id, 0, 'Stalls', 10, 0, 4 FROM events;
    INSERT INTO ticket_types (ticket_type_id, event_id, pool_id, position, name, price)
    SELECT '00000000-0000-7000-8000-000000000003', event_id, pool_id, 0, 'Adult', 100 FROM pools;
    INSERT INTO holds (hold_id, event_id, status, quantity, total, ttl_seconds, created_at, expires_at, ended_at,
                       idempotency_key, fingerprint)
    SELECT '00000000-0000-7000-8000-000000000004', event_id, 'booked', 4, 400, 120, now(), now() + interval '1 minute',
           now(), '00000000-0000-7000-8000-000000000005', '\\x00'
    FROM events;
    INSERT INTO items (hold_id, ticket_type_id, pool_id, quantity, unit_price)
    SELECT hold_id, ticket_type_id, pool_id, 4, 100 FROM holds, ticket_types;
    INSERT INTO bookings (booking_id, hold_id, event_id, status, payment, created_at)
    SELECT '00000000-0000-7000-8000-000000000006', hold_id, event_id, 'confirmed', 'not_required', now() FROM holds;
    INSERT INTO journal (event_id, seq, recorded_at, kind, pool_id, capacity_delta, held_delta, booked_delta)
    SELECT event_id, 1, now(), 'pool_opened', pool_id, 10, 0, 4 FROM pools;
    INSERT INTO idempotency_keys (idempotency_key, fingerprint, status, body, created_at)
    VALUES ('00000000-0000-7000-8000-000000000007', '\\x00', 201, '{}', now());
    INSERT INTO seats (event_id, seat_id, pool_id, state, hold_id)
    SELECT event_id, 0, pool_id, 'booked', hold_id FROM pools JOIN holds USING (event_id);
    INSERT INTO placed_items (hold_id, ticket_type_id, pool_id, quantity, unit_price)
    SELECT hold_id, ticket_type_id, pool_id, quantity, unit_price FROM items;
    INSERT INTO blocks (block_id, event_id, pool_id, quantity, reason, created_at, updated_at)
    SELECT '00000000-0000-7000-8000-000000000010', event_id, pool_id, 1, 'House seats', now(), now() FROM pools";

/// Invalid statements on a database filled by `SOLD`, and the constraint that refuses each.
const REFUSED: &[(&str, &str)] = &[
    // Events.
    ("INSERT INTO events SELECT * FROM events", "events_pkey"),
    ("UPDATE events SET name = ''", "events_name_length"),
    ("UPDATE events SET name = repeat('x', 201)", "events_name_length"),
    ("UPDATE events SET description = repeat('x', 5001)", "events_description_length"),
    ("UPDATE events SET venue_name = ''", "events_venue_name_length"),
    ("UPDATE events SET venue_name = repeat('x', 201)", "events_venue_name_length"),
    ("UPDATE events SET image_url = 'http://example.com'", "events_image_url_https"),
    ("UPDATE events SET image_url = 'https://' || repeat('x', 2041)", "events_image_url_https"),
    ("UPDATE events SET status = 'over'", "events_status_known"),
    ("UPDATE events SET currency = 'eur'", "events_currency_shape"),
    ("UPDATE events SET currency = 'EURO'", "events_currency_shape"),
    ("UPDATE events SET hold_ttl_seconds = 9", "events_hold_ttl_range"),
    ("UPDATE events SET hold_ttl_seconds = 901", "events_hold_ttl_range"),
    ("UPDATE events SET max_quantity_per_hold = 0", "events_max_quantity_range"),
    ("UPDATE events SET starts_at = now(), ends_at = now()", "events_end_after_start"),
    ("UPDATE events SET sale_starts_at = now(), sale_ends_at = now()", "events_sale_end_after_start"),
    ("UPDATE events SET series_id = gen_random_uuid()", "events_series_fkey"),
    ("UPDATE events SET layout_version = 2", "events_layout_fkey"),
    ("UPDATE events SET layout_version = NULL", "events_layout_whole"),
    // Pools: capacity and counters.
    ("INSERT INTO pools SELECT pool_id, event_id, 1, 'Balcony', 10 FROM pools", "pools_pkey"),
    ("INSERT INTO pools SELECT gen_random_uuid(), event_id, 1, name, 10 FROM pools", "pools_name_unique"),
    ("UPDATE pools SET event_id = gen_random_uuid()", "pools_event_fkey"),
    ("UPDATE pools SET name = ''", "pools_name_length"),
    ("UPDATE pools SET name = repeat('x', 101)", "pools_name_length"),
    ("UPDATE pools SET capacity = 10000001", "pools_capacity_range"),
    // (A capacity below 0 is refused by the next three as well.)
    ("UPDATE pools SET held = held - 1", "pools_held_not_negative"),
    ("UPDATE pools SET booked = booked - 5", "pools_booked_not_negative"),
    ("UPDATE pools SET held = held + 7", "pools_never_oversold"),
    ("UPDATE pools SET booked = booked + 7", "pools_never_oversold"),
    ("UPDATE pools SET blocked = 7", "pools_never_oversold"),
    ("UPDATE pools SET capacity = 3", "pools_never_oversold"),
    ("UPDATE pools SET blocked = -1", "pools_blocked_not_negative"),
    ("UPDATE pools SET seated = true", "pools_seats_in_a_section"),
    // Ticket types.
    (
        "INSERT INTO ticket_types SELECT ticket_type_id, event_id, pool_id, 1, 'Child', 0 FROM ticket_types",
        "ticket_types_pkey",
    ),
    (
        "INSERT INTO ticket_types SELECT gen_random_uuid(), event_id, pool_id, 1, name, 0 FROM ticket_types",
        "ticket_types_name_unique",
    ),
    ("UPDATE ticket_types SET event_id = gen_random_uuid()", "ticket_types_event_fkey"),
    ("UPDATE ticket_types SET pool_id = gen_random_uuid()", "ticket_types_pool_fkey"),
    ("UPDATE ticket_types SET name = ''", "ticket_types_name_length"),
    ("UPDATE ticket_types SET name = repeat('x', 101)", "ticket_types_name_length"),
    ("UPDATE ticket_types SET price = -1", "ticket_types_price_not_negative"),
    ("UPDATE ticket_types SET min_quantity = 0", "ticket_types_min_quantity_range"),
    ("UPDATE ticket_types SET max_quantity = 0", "ticket_types_max_quantity_range"),
    ("UPDATE ticket_types SET min_quantity = 3, max_quantity = 2", "ticket_types_min_below_max"),
    // Inventory: the row that is locked, and its counters.
    ("INSERT INTO inventory SELECT * FROM inventory", "inventory_pkey"),
    ("UPDATE inventory SET event_id = gen_random_uuid()", "inventory_event_fkey"),
    ("UPDATE inventory SET seq = -1", "inventory_seq_not_negative"),
    ("UPDATE inventory SET active_holds = -1", "inventory_active_holds_not_negative"),
    ("UPDATE inventory SET expired_holds = -1", "inventory_expired_holds_not_negative"),
    ("UPDATE inventory SET bookings = -1", "inventory_bookings_not_negative"),
    // Holds and their items.
    (
        "INSERT INTO holds SELECT hold_id, event_id, status, quantity, total, currency, ttl_seconds, extensions, \
         created_at, expires_at, ended_at FROM holds",
        "holds_pkey",
    ),
    (
        "INSERT INTO holds SELECT gen_random_uuid(), event_id, status, quantity, total, currency, ttl_seconds, extensions, \
         created_at, expires_at, ended_at, idempotency_key, fingerprint FROM holds",
        "holds_idempotency_key_unique",
    ),
    ("UPDATE holds SET status = 'lost'", "holds_status_known"),
    ("UPDATE holds SET quantity = 0", "holds_quantity_positive"),
    ("UPDATE holds SET total = -1", "holds_total_not_negative"),
    ("UPDATE holds SET ttl_seconds = 0", "holds_ttl_positive"),
    ("UPDATE holds SET extensions = -1", "holds_extensions_not_negative"),
    ("UPDATE holds SET expires_at = created_at", "holds_expire_after_creation"),
    ("UPDATE holds SET status = 'active'", "holds_active_until_ended"),
    ("UPDATE holds SET ended_at = NULL", "holds_active_until_ended"),
    ("UPDATE holds SET idempotency_key = NULL", "holds_fingerprint_with_key"),
    ("UPDATE holds SET fingerprint = NULL", "holds_fingerprint_with_key"),
    ("INSERT INTO items SELECT * FROM items", "items_pkey"),
    ("UPDATE items SET quantity = 0", "items_quantity_positive"),
    ("UPDATE items SET unit_price = -1", "items_unit_price_not_negative"),
    ("UPDATE items SET seat_ids = '{1, 2, 3}'", "items_one_seat_each"),
    // Bookings.
    (
        "INSERT INTO bookings SELECT booking_id, gen_random_uuid(), event_id, status, payment, created_at FROM bookings",
        "bookings_pkey",
    ),
    (
        "INSERT INTO bookings SELECT gen_random_uuid(), hold_id, event_id, status, payment, created_at FROM bookings",
        "bookings_hold_unique",
    ),
    ("UPDATE bookings SET status = 'lost'", "bookings_status_known"),
    ("UPDATE bookings SET payment = 'later'", "bookings_payment_known"),
    ("UPDATE bookings SET status = 'cancelled'", "bookings_confirmed_until_cancelled"),
    ("UPDATE bookings SET cancelled_at = now()", "bookings_confirmed_until_cancelled"),
    // The journal, and stored responses.
    ("INSERT INTO journal SELECT * FROM journal", "journal_pkey"),
    ("UPDATE journal SET kind = 'magic'", "journal_kind_known"),
    ("UPDATE journal SET pool_id = NULL", "journal_deltas_have_a_pool"),
    (
        "UPDATE journal SET pool_id = NULL, capacity_delta = 0, booked_delta = 0, blocked_delta = 1",
        "journal_deltas_have_a_pool",
    ),
    (
        "UPDATE journal SET pool_id = NULL, capacity_delta = 0, booked_delta = 0, seat_ids = '{1}'",
        "journal_deltas_have_a_pool",
    ),
    ("INSERT INTO idempotency_keys SELECT * FROM idempotency_keys", "idempotency_keys_pkey"),
    // Venues and their layouts.
    ("INSERT INTO venues SELECT * FROM venues", "venues_pkey"),
    ("UPDATE venues SET name = ''", "venues_name_length"),
    ("UPDATE venues SET name = repeat('x', 201)", "venues_name_length"),
    ("UPDATE venues SET address = ''", "venues_address_length"),
    ("UPDATE venues SET address = repeat('x', 501)", "venues_address_length"),
    ("UPDATE venues SET layout_version = 0", "venues_layout_version_positive"),
    ("INSERT INTO layouts SELECT * FROM layouts", "layouts_pkey"),
    ("INSERT INTO layouts SELECT gen_random_uuid(), 1, 0, 0, 0, now()", "layouts_venue_fkey"),
    ("INSERT INTO layouts SELECT venue_id, 0, 0, 0, 0, now() FROM venues", "layouts_version_positive"),
    ("UPDATE layouts SET seat_count = -1", "layouts_seat_count_not_negative"),
    ("INSERT INTO layout_sections SELECT venue_id, version, 0, 'Balcony', 1 FROM layouts", "layout_sections_pkey"),
    (
        "INSERT INTO layout_sections SELECT venue_id, version, 1, 'Stalls', 1 FROM layouts",
        "layout_sections_name_unique",
    ),
    ("UPDATE layout_sections SET version = 2", "layout_sections_layout_fkey"),
    ("UPDATE layout_sections SET name = ''", "layout_sections_name_length"),
    ("UPDATE layout_sections SET name = repeat('x', 101)", "layout_sections_name_length"),
    ("UPDATE layout_sections SET capacity = -1", "layout_sections_capacity_range"),
    ("UPDATE layout_sections SET capacity = 10000001", "layout_sections_capacity_range"),
    ("UPDATE layout_sections SET row_count = 0", "layout_sections_row_count_positive"),
    (
        "INSERT INTO layout_seats SELECT venue_id, version, seat_id, section, 'B', '1', 0, 0, 0 FROM layout_seats",
        "layout_seats_pkey",
    ),
    (
        "INSERT INTO layout_seats SELECT venue_id, version, 1, section, row_label, seat_number, 0, 0, 0 FROM layout_seats",
        "layout_seats_place_unique",
    ),
    ("UPDATE layout_seats SET row_label = ''", "layout_seats_row_length"),
    ("UPDATE layout_seats SET row_label = repeat('x', 11)", "layout_seats_row_length"),
    ("UPDATE layout_seats SET seat_number = ''", "layout_seats_number_length"),
    ("UPDATE layout_seats SET seat_number = repeat('x', 11)", "layout_seats_number_length"),
    ("UPDATE layout_seats SET attributes = -1", "layout_seats_attributes_not_negative"),
    // Series.
    ("INSERT INTO series SELECT * FROM series", "series_pkey"),
    ("UPDATE series SET name = ''", "series_name_length"),
    ("UPDATE series SET name = repeat('x', 201)", "series_name_length"),
    ("UPDATE series SET description = repeat('x', 5001)", "series_description_length"),
    // Seats.
    ("INSERT INTO seats SELECT * FROM seats", "seats_pkey"),
    ("UPDATE seats SET state = 'lost', hold_id = NULL", "seats_state_known"),
    ("UPDATE seats SET state = 'available'", "seats_taken_by_a_hold"),
    ("UPDATE seats SET hold_id = NULL", "seats_taken_by_a_hold"),
    ("UPDATE seats SET state = 'blocked', hold_id = NULL", "seats_blocked_by_a_block"),
    ("UPDATE seats SET block_id = gen_random_uuid()", "seats_blocked_by_a_block"),
    // Items that a hold was placed with, and blocks.
    ("INSERT INTO placed_items SELECT * FROM placed_items", "placed_items_pkey"),
    ("UPDATE placed_items SET quantity = 0", "placed_items_quantity_positive"),
    ("UPDATE placed_items SET unit_price = -1", "placed_items_unit_price_not_negative"),
    ("INSERT INTO blocks SELECT * FROM blocks", "blocks_pkey"),
    ("UPDATE blocks SET quantity = 0", "blocks_quantity_positive"),
    ("UPDATE blocks SET reason = ''", "blocks_reason_length"),
    ("UPDATE blocks SET reason = repeat('x', 201)", "blocks_reason_length"),
];

#[tokio::test]
async fn each_invalid_write_is_refused_by_its_own_constraint_and_by_no_other() {
    let database = Database::create().await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("the database accepts connections");
    let tables = tables_by_constraint(&mut connection).await;
    connection.execute(SOLD).await.expect("a sale is no violation");
    for (statement, name) in REFUSED {
        let table = tables.get(*name).unwrap_or_else(|| panic!("{name} is a constraint of the schema"));
        assert_eq!(refused_by(&mut connection, None, statement).await.as_deref(), Some(*name), "{statement}");
        let without = refused_by(&mut connection, Some(drop_statement(table, name)), statement).await;
        assert_eq!(without, None, "{statement}: {name} was dropped");
    }
}

#[tokio::test]
async fn every_constraint_of_the_schema_refuses_at_least_one_statement() {
    let database = Database::create().await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("the database accepts connections");
    let tried: BTreeSet<_> = REFUSED.iter().map(|(_, name)| (*name).to_owned()).collect();
    let constraints: BTreeSet<_> = tables_by_constraint(&mut connection).await.into_keys().collect();
    assert_eq!(tried, constraints);
}

/// The table of every CHECK, foreign key and unique index of the schema, by the constraint's name.
async fn tables_by_constraint(connection: &mut PgConnection) -> BTreeMap<String, String> {
    let sql = "
        SELECT name, table_oid::regclass::text
        FROM (
            SELECT conname::text AS name, conrelid AS table_oid FROM pg_constraint WHERE contype IN ('c', 'f')
            UNION ALL
            SELECT indexrelid::regclass::text, indrelid FROM pg_index WHERE indisunique
        ) AS constraints
        JOIN pg_class ON pg_class.oid = table_oid
        WHERE relnamespace = current_schema()::regnamespace AND relname <> '_sqlx_migrations'";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(connection).await.expect("the catalog is readable");
    rows.into_iter().collect()
}

/// The constraint that refuses a statement; `None` if the statement succeeds. The transaction is rolled back. If `before`
/// is given, that statement is run first.
async fn refused_by(connection: &mut PgConnection, before: Option<String>, statement: &str) -> Option<String> {
    let mut transaction = connection.begin().await.expect("a transaction begins");
    if let Some(before) = before {
        transaction.execute(AssertSqlSafe(before)).await.expect("a constraint can be dropped");
    }
    let result = (&mut *transaction).execute(AssertSqlSafe(statement.to_owned())).await;
    transaction.rollback().await.expect("a transaction rolls back");
    let error = result.err()?;
    let refusing = error.as_database_error().and_then(|error| error.constraint());
    Some(refusing.unwrap_or_else(|| panic!("{statement}: {error}")).to_owned())
}

fn drop_statement(table: &str, name: &str) -> String {
    match name {
        HOLDS_IDEMPOTENCY_KEY_UNIQUE => format!("DROP INDEX {name}"), // an index without a constraint
        _ => format!("ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"),
    }
}
