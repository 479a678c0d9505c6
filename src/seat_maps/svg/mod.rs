//! Drawing of an event's seats as SVG: each seat at its position in the layout, with the shape and colour of its state.
//!
//! Shapes distinguish the states also without colours: a disc is available, a ring held, a square booked, a cross
//! blocked. The drawing uses attributes only, no style sheet and no script, so that it looks the same under the
//! strictest content policy. The document of 20,000 seats is large but compresses well; therefore the parts that differ
//! from seat to seat are written next to each other.

mod frame;
mod general_admission;
mod header;
mod seating;
mod stage;
mod writer;

use boxoffice_engine::seating::Layout;

use self::frame::Frame;
use self::writer::SvgWriter;
use crate::seat_maps::model::SeatMap;

/// Input of a drawing. The map must belong to the layout.
pub struct Picture<'a> {
    pub layout: &'a Layout,
    pub map: &'a SeatMap,
}

/// Draws the whole document.
pub fn draw(picture: &Picture) -> String {
    let frame = Frame::new(picture);
    let mut svg = SvgWriter::new(&frame, picture);
    header::draw(&mut svg, &frame, picture);
    stage::draw(&mut svg, &frame);
    seating::draw(&mut svg, &frame, picture);
    general_admission::draw(&mut svg, &frame, picture);
    svg.finish()
}
