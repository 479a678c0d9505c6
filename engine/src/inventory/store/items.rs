//! Rows of items of changed holds: the present items, and the original items as placed.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use crate::db::column::{integer, seat_ids};
use crate::db::row_count::expect_rows;
use crate::ids::HoldId;
use crate::inventory::changes::ChangedItems;
use crate::model::hold::Item;

/// Stores the original items of holds. Skips holds whose items were changed before, because their original items are
/// stored already; therefore the number of rows is not known.
pub(super) async fn insert_placed(
    connection: &mut PgConnection,
    placed: &[(HoldId, Vec<Item>)],
) -> Result<(), StoreError> {
    let items = ItemColumns::from_items(placed.iter().map(|(hold_id, items)| (*hold_id, &items[..])))?;
    sqlx::query!(
        r#"
        INSERT INTO placed_items (hold_id, ticket_type_id, pool_id, quantity, unit_price, seat_ids)
        SELECT
            placed.hold_id, placed.ticket_type_id, placed.pool_id, placed.quantity, placed.unit_price,
            placed.seat_ids::integer[]
        FROM (
            SELECT
                unnest($1::uuid[]) AS hold_id, unnest($2::uuid[]) AS ticket_type_id, unnest($3::uuid[]) AS pool_id,
                unnest($4::integer[]) AS quantity, unnest($5::bigint[]) AS unit_price, unnest($6::text[]) AS seat_ids
        ) AS placed
        WHERE NOT EXISTS (SELECT FROM placed_items AS first WHERE first.hold_id = placed.hold_id)
        "#,
        &items.hold_ids,
        &items.ticket_type_ids,
        &items.pool_ids,
        &items.quantities,
        &items.unit_prices,
        &items.seat_ids as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces the items of holds.
pub(super) async fn replace(connection: &mut PgConnection, changed: &[ChangedItems]) -> Result<(), StoreError> {
    delete(&mut *connection, changed).await?;
    let items = ItemColumns::from_items(changed.iter().map(|hold| (hold.hold_id, &hold.items[..])))?;
    let inserted = sqlx::query!(
        r#"
        INSERT INTO items (hold_id, ticket_type_id, pool_id, quantity, unit_price, seat_ids)
        SELECT
            unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::integer[]),
            unnest($5::bigint[]), unnest($6::text[])::integer[]
        "#,
        &items.hold_ids,
        &items.ticket_type_ids,
        &items.pool_ids,
        &items.quantities,
        &items.unit_prices,
        &items.seat_ids as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO items", items.hold_ids.len(), inserted.rows_affected())?)
}

/// Deletes the present items of holds. The rows are counted per hold, because a surplus of one hold must not hide that
/// rows of another are missing.
async fn delete(connection: &mut PgConnection, changed: &[ChangedItems]) -> Result<(), StoreError> {
    let hold_ids: Vec<Uuid> = changed.iter().map(|hold| hold.hold_id.as_uuid()).collect();
    let deleted: Vec<Uuid> = sqlx::query_scalar!(
        r#"
        DELETE FROM items
        WHERE hold_id = ANY ($1::uuid[])
        RETURNING hold_id
        "#,
        &hold_ids,
    )
    .fetch_all(connection)
    .await?;
    let mut rows_of_hold: HashMap<Uuid, u64> = HashMap::new();
    for hold_id in deleted {
        *rows_of_hold.entry(hold_id).or_default() += 1;
    }
    for hold in changed {
        let rows = rows_of_hold.get(&hold.hold_id.as_uuid()).copied().unwrap_or_default();
        expect_rows("DELETE FROM items", hold.rows_before, rows)?;
    }
    Ok(())
}

/// Items of holds as column arrays for UNNEST.
#[derive(Default)]
pub(super) struct ItemColumns {
    pub hold_ids: Vec<Uuid>,
    pub ticket_type_ids: Vec<Uuid>,
    pub pool_ids: Vec<Uuid>,
    pub quantities: Vec<i32>,
    pub unit_prices: Vec<i64>,
    pub seat_ids: Vec<Option<String>>,
}

impl ItemColumns {
    pub fn from_items<'a>(holds: impl Iterator<Item = (HoldId, &'a [Item])>) -> sqlx::Result<Self> {
        let mut columns = Self::default();
        for (hold_id, items) in holds {
            for item in items {
                columns.hold_ids.push(hold_id.as_uuid());
                columns.ticket_type_ids.push(item.ticket_type_id.as_uuid());
                columns.pool_ids.push(item.pool_id.as_uuid());
                columns.quantities.push(integer("items.quantity", item.quantity)?);
                columns.unit_prices.push(item.unit_price);
                columns.seat_ids.push(seat_ids(&item.seats));
            }
        }
        Ok(columns)
    }
}
