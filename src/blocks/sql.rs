//! Blocks of an event, with their seats: `GET /api/v1/events/{id}/blocks`.

use boxoffice_engine::db::column::{count, seats};
use boxoffice_engine::ids::{BlockId, EventId};
use boxoffice_engine::model::block::{Block, BlockPart};
use sqlx::PgPool;

/// Blocks of an event, by creation time. `None` if there is no such event.
///
/// # Errors
///
/// Those of the database, and a decode error for a value that this version cannot read.
pub async fn blocks(pool: &PgPool, event_id: EventId) -> sqlx::Result<Option<Vec<Block>>> {
    // One row per block and pool. An event without blocks has one row without a block.
    let rows = sqlx::query!(
        r#"
        SELECT
            blocks.block_id AS "block_id?", blocks.pool_id AS "pool_id?", blocks.quantity AS "quantity?",
            blocks.reason AS "reason?", blocks.created_at AS "created_at?", blocks.updated_at AS "updated_at?",
            kept.seat_ids
        FROM events
        LEFT JOIN blocks ON blocks.event_id = events.event_id
        LEFT JOIN (
            SELECT seats.block_id, seats.pool_id, array_agg(seats.seat_id ORDER BY seats.seat_id) AS seat_ids
            FROM seats
            WHERE seats.event_id = $1
              AND seats.block_id IS NOT NULL
            GROUP BY seats.block_id, seats.pool_id
        ) AS kept ON kept.block_id = blocks.block_id AND kept.pool_id = blocks.pool_id
        WHERE events.event_id = $1
        ORDER BY blocks.created_at, blocks.block_id, blocks.pool_id
        "#,
        event_id.as_uuid(),
    )
    .fetch_all(pool)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut blocks: Vec<Block> = Vec::new();
    for row in rows {
        let (Some(block_id), Some(pool_id), Some(quantity)) = (row.block_id, row.pool_id, row.quantity) else { break };
        let (Some(reason), Some(created_at), Some(updated_at)) = (row.reason, row.created_at, row.updated_at) else {
            break;
        };
        let part = BlockPart {
            pool_id: pool_id.into(),
            quantity: count("blocks.quantity", quantity)?,
            seats: seats("seats.seat_id", row.seat_ids.as_deref())?,
        };
        let block_id = BlockId::from(block_id);
        match blocks.last_mut().filter(|block| block.block_id == block_id) {
            Some(block) => block.parts.push(part),
            None => blocks.push(Block { block_id, event_id, reason, parts: vec![part], created_at, updated_at }),
        }
    }
    Ok(Some(blocks))
}
