//! Blocks of an event, with their seats: `GET /api/v1/events/{id}/blocks`.

use boxoffice_engine::db::column::{count, decode_error, seats};
use boxoffice_engine::ids::{BlockId, EventId};
use boxoffice_engine::model::block::{Block, BlockPart};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// The part of a block in one pool. An event without blocks has one row, with NULL in all columns; in other rows, only
/// `seat_ids` may be NULL.
struct BlockPartRow {
    block_id: Option<Uuid>,
    pool_id: Option<Uuid>,
    quantity: Option<i32>,
    reason: Option<String>,
    created_at: Option<OffsetDateTime>,
    updated_at: Option<OffsetDateTime>,
    /// NULL if the pool has no seats.
    seat_ids: Option<Vec<i32>>,
}

/// Blocks of an event, by creation time. `None` if there is no such event.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn blocks(pool: &PgPool, event_id: EventId) -> sqlx::Result<Option<Vec<Block>>> {
    let rows = sqlx::query_as!(
        BlockPartRow,
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
        let Some(block_id) = row.block_id.map(BlockId::from) else { break };
        let part = BlockPart {
            pool_id: not_null("blocks.pool_id", row.pool_id)?.into(),
            quantity: count("blocks.quantity", not_null("blocks.quantity", row.quantity)?)?,
            seats: seats("seats.seat_id", row.seat_ids.as_deref())?,
        };
        // The rows of one block follow each other.
        if let Some(block) = blocks.last_mut()
            && block.block_id == block_id
        {
            block.parts.push(part);
            continue;
        }
        blocks.push(Block {
            block_id,
            event_id,
            reason: not_null("blocks.reason", row.reason)?,
            parts: vec![part],
            created_at: not_null("blocks.created_at", row.created_at)?,
            updated_at: not_null("blocks.updated_at", row.updated_at)?,
        });
    }
    Ok(Some(blocks))
}

/// The value of a column that is NULL only in the row of an event without blocks.
fn not_null<T>(column: &str, value: Option<T>) -> sqlx::Result<T> {
    value.ok_or_else(|| decode_error(column, "NULL"))
}
