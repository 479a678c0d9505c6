//! What stands above everything: the event's name, how full it is, and what the shapes mean.

use super::Picture;
use super::frame::Frame;
use super::general_admission;
use super::ink::{Anchor, Font, Ink, TEXT, TEXT_ASIDE, fitting, grouped, word};
use crate::domain::seat::SeatState;
use crate::domain::seat_map::Counts;
use crate::domain::seating::Layout;

/// Of the header, in letters of this height.
pub fn height(layout: &Layout, em: i32) -> i32 {
    if layout.seats().is_empty() { em * 6 } else { em * 8 }
}

pub fn draw(ink: &mut Ink, frame: &Frame, picture: &Picture) {
    let em = frame.em;
    let (x, width) = (frame.left + em, frame.width - 2 * em);
    let name = &picture.map.event_name;
    let title = Font { size: fitting(name, width, em * 2), bold: true, fill: TEXT };
    ink.text(x, frame.top + em * 27 / 10, Anchor::Start, title, name);
    let seats = picture.map.states.counts();
    let has_seats = seats.total() > 0;
    let (counts, places) =
        if has_seats { (seats, "seats") } else { (general_admission::counts(picture, |_| true), "places") };
    let told = format!("{} of {} {places} available", grouped(counts.available), grouped(counts.total()));
    ink.text(x, frame.top + em * 43 / 10, Anchor::Start, Font { size: em, bold: false, fill: TEXT_ASIDE }, &told);
    if has_seats {
        legend(ink, frame, seats);
    }
}

/// A sample of each shape, what it means, and how many there are: in columns.
fn legend(ink: &mut Ink, frame: &Frame, counts: Counts) {
    let em = frame.em;
    let column = ((frame.width - 2 * em) / 4).min(em * 11);
    let entries = [
        (SeatState::Available, counts.available),
        (SeatState::Held, counts.held),
        (SeatState::Booked, counts.booked),
        (SeatState::Blocked, counts.blocked),
    ]
    .map(|(state, count)| (state, format!("{} {}", word(state), grouped(count))));
    let sizes = entries.iter().map(|(_, text)| fitting(text, column - em * 16 / 10, em));
    let font = Font { size: sizes.min().unwrap_or(em), bold: false, fill: TEXT };
    let y = frame.top + em * 63 / 10;
    let mut x = frame.left + em;
    for (state, text) in &entries {
        ink.sample(*state, x + em / 2, y, em);
        ink.text(x + em * 14 / 10, y + em * 35 / 100, Anchor::Start, font, text);
        x += column;
    }
}
