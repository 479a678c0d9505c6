//! Original items of holds whose items were changed since, because a repeated request gets the same response as the
//! first one.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::column::{count, seats};
use crate::ids::HoldId;
use crate::inventory::batch_state::BatchState;
use crate::model::hold::Item;

/// Reads the original items of these holds. A hold whose items were never changed has none.
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
    for hold_rows in rows.chunk_by(|a, b| a.hold_id == b.hold_id) {
        let mut items = Vec::with_capacity(hold_rows.len());
        for row in hold_rows {
            items.push(Item {
                ticket_type_id: row.ticket_type_id.into(),
                pool_id: row.pool_id.into(),
                quantity: count("placed_items.quantity", row.quantity)?,
                unit_price: row.unit_price,
                seats: seats("placed_items.seat_ids", row.seat_ids.as_deref())?,
            });
        }
        state.add_placed_items(hold_rows[0].hold_id.into(), items); // chunk_by yields no empty chunk
    }
    Ok(())
}
