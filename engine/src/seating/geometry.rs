//! Default geometry for seats without coordinates: rows one behind the other, each centred on the same x.

/// Distance between adjacent seats, in centimetres.
pub const SEAT_PITCH: i32 = 55;
/// Distance between a row and the next one, in centimetres.
pub const ROW_PITCH: i32 = 90;
/// Width that an aisle adds between two seats, in centimetres.
pub const AISLE_WIDTH: i32 = 110;
/// Distance, in centimetres, that is added to [`ROW_PITCH`] between the last row of a section and the first row of the
/// next.
pub const SECTION_GAP: i32 = 180;

/// The x of each seat of a row centred on 0. `aisle_after` has one entry per seat: whether an aisle follows it.
pub(super) fn row_xs(aisle_after: impl Iterator<Item = bool>) -> Vec<i32> {
    let mut xs = Vec::new();
    let mut next = 0;
    for aisle in aisle_after {
        xs.push(next);
        next += if aisle { SEAT_PITCH + AISLE_WIDTH } else { SEAT_PITCH };
    }
    let width = xs.last().copied().unwrap_or_default();
    for x in &mut xs {
        *x -= width / 2;
    }
    xs
}
