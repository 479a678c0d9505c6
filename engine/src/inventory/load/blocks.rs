//! Blocks that commands name, with their seats.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::db::column::{count, seats};
use crate::ids::{BlockId, EventId};
use crate::inventory::batch_state::BatchState;
use crate::inventory::read_set::ReadSet;
use crate::model::block::{Block, BlockPart};

/// Reads the blocks. Finds their seats by a scan of all seats of the events, because commands about blocks are rare.
pub(super) async fn read(
    connection: &mut PgConnection,
    state: &mut BatchState,
    read_set: &ReadSet,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        r#"
        SELECT
            blocks.block_id, blocks.event_id, blocks.pool_id, blocks.quantity, blocks.reason,
            blocks.created_at, blocks.updated_at, kept.seat_ids
        FROM blocks
        LEFT JOIN (
            SELECT event_id, block_id, pool_id, array_agg(seat_id ORDER BY seat_id) AS seat_ids
            FROM seats
            WHERE event_id = ANY ($1::uuid[])
              AND block_id = ANY ($2::uuid[])
            GROUP BY event_id, block_id, pool_id
        ) AS kept USING (event_id, block_id, pool_id)
        WHERE blocks.event_id = ANY ($1::uuid[])
          AND blocks.block_id = ANY ($2::uuid[])
        ORDER BY blocks.event_id, blocks.block_id, blocks.pool_id
        "#,
        &read_set.blocked_events,
        &read_set.blocks,
    )
    .fetch_all(connection)
    .await?;
    let mut blocks: BTreeMap<(EventId, BlockId), Block> = BTreeMap::new();
    for row in rows {
        let (event_id, block_id) = (EventId::from(row.event_id), BlockId::from(row.block_id));
        let part = BlockPart {
            pool_id: row.pool_id.into(),
            quantity: count("blocks.quantity", row.quantity)?,
            seats: seats("seats.seat_id", row.seat_ids.as_deref())?,
        };
        let block = blocks.entry((event_id, block_id)).or_insert_with(|| Block {
            block_id,
            event_id,
            reason: row.reason,
            parts: Vec::new(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        });
        block.parts.push(part);
    }
    blocks.into_values().for_each(|block| state.add_block(block));
    Ok(())
}
