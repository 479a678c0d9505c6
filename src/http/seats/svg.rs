//! An event's seats as a drawing: the layout's places, each in the shape and colour of its state.
//!
//! Shapes tell states apart where colours do not: a disc can be had, a ring is held, a square is booked, a cross is blocked.
//! Everything is made of attributes, without a style sheet or a script, so that the strictest content policy shows it as it
//! is. A house of 20,000 seats is a large document that compresses well, so what differs from seat to seat stands together.

mod frame;
mod general_admission;
mod header;
mod ink;
mod seating;
mod stage;

use self::frame::Frame;
use self::ink::Ink;
use crate::domain::seat_map::SeatMap;
use crate::domain::seating::Layout;

/// What is drawn. The map is of this layout.
pub struct Picture<'a> {
    pub layout: &'a Layout,
    pub map: &'a SeatMap,
}

/// The whole document.
pub fn draw(picture: &Picture) -> String {
    let frame = Frame::of(picture);
    let mut ink = Ink::begin(&frame, picture);
    header::draw(&mut ink, &frame, picture);
    stage::draw(&mut ink, &frame);
    seating::draw(&mut ink, &frame, picture);
    general_admission::draw(&mut ink, &frame, picture);
    ink.end()
}
