//! Rows of blocks, replaced as a whole. `seats.rs` writes the seats of blocks.

use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use crate::db::column::integer;
use crate::db::row_count::expect_rows;
use crate::ids::{BlockId, EventId};
use crate::model::block::Block;
use crate::time::Instant;

/// Deletes the rows of the blocks in `ended`, and inserts those of `blocks`.
pub(super) async fn replace(
    connection: &mut PgConnection,
    ended: &[(EventId, BlockId)],
    blocks: &[Block],
) -> Result<(), StoreError> {
    let event_ids: Vec<Uuid> = ended.iter().map(|(event_id, _)| event_id.as_uuid()).collect();
    let block_ids: Vec<Uuid> = ended.iter().map(|(_, block_id)| block_id.as_uuid()).collect();
    // The number of rows is not known: a block has one per pool, and a new block has none.
    sqlx::query!(
        r#"
        DELETE FROM blocks
        WHERE (event_id, block_id) IN (SELECT unnest($1::uuid[]), unnest($2::uuid[]))
        "#,
        &event_ids,
        &block_ids,
    )
    .execute(&mut *connection)
    .await?;
    let rows = BlockColumns::from_blocks(blocks)?;
    let inserted = sqlx::query!(
        r#"
        INSERT INTO blocks (event_id, block_id, pool_id, quantity, reason, created_at, updated_at)
        SELECT
            unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::integer[]), unnest($5::text[]),
            unnest($6::timestamptz[]), unnest($7::timestamptz[])
        "#,
        &rows.event_ids,
        &rows.block_ids,
        &rows.pool_ids,
        &rows.quantities,
        &rows.reasons as &[&str],
        &rows.created_at,
        &rows.updated_at,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO blocks", rows.pool_ids.len(), inserted.rows_affected())?)
}

/// Block rows, one per block and pool, as column arrays for UNNEST.
#[derive(Default)]
struct BlockColumns<'a> {
    event_ids: Vec<Uuid>,
    block_ids: Vec<Uuid>,
    pool_ids: Vec<Uuid>,
    quantities: Vec<i32>,
    reasons: Vec<&'a str>,
    created_at: Vec<Instant>,
    updated_at: Vec<Instant>,
}

impl<'a> BlockColumns<'a> {
    fn from_blocks(blocks: &'a [Block]) -> sqlx::Result<Self> {
        let mut columns = Self::default();
        for block in blocks {
            for part in &block.parts {
                columns.event_ids.push(block.event_id.as_uuid());
                columns.block_ids.push(block.block_id.as_uuid());
                columns.pool_ids.push(part.pool_id.as_uuid());
                columns.quantities.push(integer("blocks.quantity", part.quantity)?);
                columns.reasons.push(&block.reason);
                columns.created_at.push(block.created_at);
                columns.updated_at.push(block.updated_at);
            }
        }
        Ok(columns)
    }
}
