//! Rows of holds, and of the items of new holds.

use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use super::items::ItemColumns;
use crate::db::column::integer;
use crate::db::row_count::expect_rows;
use crate::model::hold::Hold;
use crate::time::Instant;

/// Inserts new holds with their items, in one statement.
pub(super) async fn insert(connection: &mut PgConnection, holds: &[Hold]) -> Result<(), StoreError> {
    let rows = HoldColumns::from_holds(holds)?;
    let items = ItemColumns::from_items(holds.iter().map(|hold| (hold.hold_id, &hold.items[..])))?;
    let inserted = sqlx::query!(
        r#"
        WITH new_holds AS (
            INSERT INTO holds (
                hold_id, event_id, status, quantity, total, currency, ttl_seconds, extensions,
                created_at, expires_at, ended_at, idempotency_key, fingerprint
            )
            SELECT
                unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::integer[]),
                unnest($5::bigint[]), unnest($6::text[]), unnest($7::integer[]), unnest($8::integer[]),
                unnest($9::timestamptz[]), unnest($10::timestamptz[]), unnest($11::timestamptz[]),
                unnest($12::uuid[]), unnest($13::bytea[])
            RETURNING 1
        ), new_items AS (
            INSERT INTO items (hold_id, ticket_type_id, pool_id, quantity, unit_price, seat_ids)
            SELECT
                unnest($14::uuid[]), unnest($15::uuid[]), unnest($16::uuid[]), unnest($17::integer[]),
                unnest($18::bigint[]), unnest($19::text[])::integer[]
            RETURNING 1
        )
        SELECT
            (SELECT count(*) FROM new_holds) AS "holds!",
            (SELECT count(*) FROM new_items) AS "items!"
        "#,
        &rows.hold_ids,
        &rows.event_ids,
        &rows.statuses as &[&str],
        &rows.quantities,
        &rows.totals,
        &rows.currencies as &[Option<&str>],
        &rows.ttl_seconds,
        &rows.extensions,
        &rows.created_at,
        &rows.expires_at,
        &rows.ended_at as &[Option<Instant>],
        &rows.keys as &[Option<Uuid>],
        &rows.fingerprints as &[Option<&[u8]>],
        &items.hold_ids,
        &items.ticket_type_ids,
        &items.pool_ids,
        &items.quantities,
        &items.unit_prices,
        &items.seat_ids as &[Option<String>],
    )
    .fetch_one(connection)
    .await?;
    expect_rows("INSERT INTO holds", holds.len(), inserted.holds.unsigned_abs())?;
    Ok(expect_rows("INSERT INTO items", items.hold_ids.len(), inserted.items.unsigned_abs())?)
}

/// Writes the fields of holds that can change. Only active holds match, so the row count is too small if another writer
/// ended one without the lock.
pub(super) async fn change(connection: &mut PgConnection, holds: &[Hold]) -> Result<(), StoreError> {
    let rows = HoldColumns::from_holds(holds)?;
    let changed = sqlx::query!(
        r#"
        UPDATE holds
        SET status = changed.status,
            quantity = changed.quantity,
            total = changed.total,
            extensions = changed.extensions,
            expires_at = changed.expires_at,
            ended_at = changed.ended_at
        FROM (
            SELECT
                unnest($1::uuid[]) AS hold_id, unnest($2::text[]) AS status, unnest($3::integer[]) AS extensions,
                unnest($4::timestamptz[]) AS expires_at, unnest($5::timestamptz[]) AS ended_at,
                unnest($6::integer[]) AS quantity, unnest($7::bigint[]) AS total
        ) AS changed
        WHERE holds.hold_id = changed.hold_id
          AND holds.status = 'active'
        "#,
        &rows.hold_ids,
        &rows.statuses as &[&str],
        &rows.extensions,
        &rows.expires_at,
        &rows.ended_at as &[Option<Instant>],
        &rows.quantities,
        &rows.totals,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("UPDATE holds", holds.len(), changed.rows_affected())?)
}

/// Holds as column arrays for UNNEST.
struct HoldColumns<'a> {
    hold_ids: Vec<Uuid>,
    event_ids: Vec<Uuid>,
    statuses: Vec<&'static str>,
    quantities: Vec<i32>,
    totals: Vec<i64>,
    currencies: Vec<Option<&'a str>>,
    ttl_seconds: Vec<i32>,
    extensions: Vec<i32>,
    created_at: Vec<Instant>,
    expires_at: Vec<Instant>,
    ended_at: Vec<Option<Instant>>,
    keys: Vec<Option<Uuid>>,
    fingerprints: Vec<Option<&'a [u8]>>,
}

impl<'a> HoldColumns<'a> {
    fn from_holds(holds: &'a [Hold]) -> sqlx::Result<Self> {
        let integers = |column: &str, count: fn(&Hold) -> u32| -> sqlx::Result<Vec<i32>> {
            holds.iter().map(|hold| integer(column, count(hold))).collect()
        };
        Ok(Self {
            hold_ids: holds.iter().map(|hold| hold.hold_id.as_uuid()).collect(),
            event_ids: holds.iter().map(|hold| hold.event_id.as_uuid()).collect(),
            statuses: holds.iter().map(|hold| hold.status.as_str()).collect(),
            quantities: integers("holds.quantity", Hold::quantity)?,
            totals: holds.iter().map(Hold::total).collect(),
            currencies: holds.iter().map(|hold| hold.currency.as_ref().map(|currency| currency.as_str())).collect(),
            ttl_seconds: integers("holds.ttl_seconds", |hold| hold.ttl_seconds)?,
            extensions: integers("holds.extensions", |hold| hold.extensions)?,
            created_at: holds.iter().map(|hold| hold.created_at).collect(),
            expires_at: holds.iter().map(|hold| hold.expires_at).collect(),
            ended_at: holds.iter().map(|hold| hold.ended_at).collect(),
            keys: holds.iter().map(|hold| hold.idempotency.as_ref().map(|idempotency| idempotency.key)).collect(),
            fingerprints: (holds.iter())
                .map(|hold| hold.idempotency.as_ref().map(|idempotency| &idempotency.fingerprint[..]))
                .collect(),
        })
    }
}
