//! Seat rows: each names its owner, and an update must name the current owner.

use boxoffice_engine::ids::PoolId;
use boxoffice_engine::inventory::changes::SeatMove;
use boxoffice_engine::model::seat::SeatOwner;

use super::{Rows, Violation};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeatRow {
    pub pool_id: PoolId,
    pub owner: SeatOwner,
}

impl Rows {
    pub(super) fn move_seats(&mut self, moves: &[SeatMove]) -> Result<(), Violation> {
        for moved in moves {
            let row = self.seats.get_mut(&(moved.event_id, moved.seat));
            let row = row.filter(|row| row.owner == moved.from);
            row.ok_or_else(|| format!("UPDATE seats missed one: {moved:?}"))?.owner = moved.to;
        }
        Ok(())
    }
}
