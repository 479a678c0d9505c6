//! Where seats are drawn that come without coordinates: rows one behind the other, each centred on x = 0.

/// From a seat to its neighbour, in centimetres.
pub const SEAT_PITCH: i32 = 55;
/// From a row to the next one.
pub const ROW_PITCH: i32 = 90;
/// What an aisle adds between two seats.
pub const AISLE_WIDTH: i32 = 110;
/// What lies between the last row of one section and the first of the next, beside the pitch of the rows.
pub const SECTION_GAP: i32 = 180;

/// The x of each seat of a row; `aisle_after` says of each whether an aisle follows.
pub(super) fn along_the_row(aisle_after: impl Iterator<Item = bool>) -> Vec<i32> {
    let mut next = 0;
    let mut along: Vec<i32> = aisle_after
        .map(|aisle| {
            let x = next;
            next += if aisle { SEAT_PITCH + AISLE_WIDTH } else { SEAT_PITCH };
            x
        })
        .collect();
    let width = along.last().copied().unwrap_or_default();
    along.iter_mut().for_each(|x| *x -= width / 2);
    along
}
