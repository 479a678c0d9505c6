//! Rows of seats that change their owner.

use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use crate::db::row_count::expect_rows;
use crate::inventory::changes::SeatMove;
use crate::model::seat::SeatOwner;

/// Changes the owners of seats. Only seats whose row has the expected owner match, so the row count is too small if
/// another writer changed one without the lock, or if the seat cache was wrong.
pub(super) async fn move_seats(connection: &mut PgConnection, moves: &[SeatMove]) -> Result<(), StoreError> {
    let event_ids: Vec<Uuid> = moves.iter().map(|moved| moved.event_id.as_uuid()).collect();
    let seat_ids: Vec<i32> = moves.iter().map(|moved| moved.seat.0.cast_signed()).collect();
    let (from, to) =
        (OwnerColumns::from_moves(moves, |moved| moved.from), OwnerColumns::from_moves(moves, |moved| moved.to));
    let moved = sqlx::query!(
        r#"
        UPDATE seats
        SET state = moved.state,
            hold_id = moved.hold_id,
            block_id = moved.block_id
        FROM (
            SELECT
                unnest($1::uuid[]) AS event_id, unnest($2::integer[]) AS seat_id,
                unnest($3::text[]) AS state_before, unnest($4::uuid[]) AS hold_id_before,
                unnest($5::uuid[]) AS block_id_before,
                unnest($6::text[]) AS state, unnest($7::uuid[]) AS hold_id, unnest($8::uuid[]) AS block_id
        ) AS moved
        WHERE seats.event_id = moved.event_id
          AND seats.seat_id = moved.seat_id
          AND seats.state = moved.state_before
          AND seats.hold_id IS NOT DISTINCT FROM moved.hold_id_before
          AND seats.block_id IS NOT DISTINCT FROM moved.block_id_before
        "#,
        &event_ids,
        &seat_ids,
        &from.states as &[&str],
        &from.hold_ids as &[Option<Uuid>],
        &from.block_ids as &[Option<Uuid>],
        &to.states as &[&str],
        &to.hold_ids as &[Option<Uuid>],
        &to.block_ids as &[Option<Uuid>],
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("UPDATE seats", moves.len(), moved.rows_affected())?)
}

/// Owners of seats as column arrays for UNNEST.
struct OwnerColumns {
    states: Vec<&'static str>,
    hold_ids: Vec<Option<Uuid>>,
    block_ids: Vec<Option<Uuid>>,
}

impl OwnerColumns {
    fn from_moves(moves: &[SeatMove], owner: fn(&SeatMove) -> SeatOwner) -> Self {
        let owners = || moves.iter().map(owner);
        Self {
            states: owners().map(|owner| owner.state().as_str()).collect(),
            hold_ids: owners().map(|owner| owner.hold_id().map(|id| id.as_uuid())).collect(),
            block_ids: owners().map(|owner| owner.block_id().map(|id| id.as_uuid())).collect(),
        }
    }
}
