//! What holds were placed with whose items were changed since: a repeat of the request is answered as the first time.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::column::{count, seats};
use crate::domain::hold::Item;
use crate::domain::ids::HoldId;
use crate::inventory::batch_state::BatchState;

/// Reads for the holds that a repeat may be about.
pub(super) async fn read(connection: &mut PgConnection, state: &mut BatchState, holds: &[HoldId]) -> sqlx::Result<()> {
    let hold_ids: Vec<Uuid> = holds.iter().map(|hold_id| hold_id.as_uuid()).collect();
    let rows = sqlx::query!(
        r#"
        SELECT hold_id, ticket_type_id, pool_id, quantity, unit_price, seat_ids
        FROM placed_items
        WHERE hold_id = ANY ($1::uuid[])
        ORDER BY hold_id, ticket_type_id
        "#,
        &hold_ids,
    )
    .fetch_all(connection)
    .await?;
    for rows in rows.chunk_by(|a, b| a.hold_id == b.hold_id) {
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(Item {
                ticket_type_id: row.ticket_type_id.into(),
                pool_id: row.pool_id.into(),
                quantity: count("placed_items.quantity", row.quantity)?,
                unit_price: row.unit_price,
                seats: seats("placed_items.seat_ids", row.seat_ids.as_deref())?,
            });
        }
        state.add_placed_items(rows[0].hold_id.into(), items); // chunk_by yields no empty chunk
    }
    Ok(())
}
