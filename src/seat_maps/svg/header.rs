//! The header of the drawing: the event's name, the number of available seats or places, and the legend of the shapes.

use boxoffice_engine::model::seat::SeatState;
use boxoffice_engine::seating::Layout;

use super::Picture;
use super::frame::Frame;
use super::general_admission;
use super::writer::{Anchor, Font, SvgWriter, TEXT, TEXT_ASIDE, fitting_size, format_number, state_name};
use crate::seat_maps::model::Counts;

/// Height of the header. `em` is the font size.
pub fn height(layout: &Layout, em: i32) -> i32 {
    if layout.seats().is_empty() { em * 6 } else { em * 8 }
}

pub fn draw(svg: &mut SvgWriter, frame: &Frame, picture: &Picture) {
    let em = frame.em;
    let (x, width) = (frame.left + em, frame.width - 2 * em);
    let name = &picture.map.event_name;
    let title = Font { size: fitting_size(name, width, em * 2), bold: true, fill: TEXT };
    svg.draw_text(x, frame.top + em * 27 / 10, Anchor::Start, title, name);
    let seats = picture.map.states.counts();
    let has_seats = seats.total() > 0;
    let (counts, unit) =
        if has_seats { (seats, "seats") } else { (general_admission::sum_counts(picture, |_| true), "places") };
    let available =
        format!("{} of {} {unit} available", format_number(counts.available), format_number(counts.total()));
    svg.draw_text(
        x,
        frame.top + em * 43 / 10,
        Anchor::Start,
        Font { size: em, bold: false, fill: TEXT_ASIDE },
        &available,
    );
    if has_seats {
        draw_legend(svg, frame, seats);
    }
}

/// Draws one column per state: its shape, its name and the number of its seats.
fn draw_legend(svg: &mut SvgWriter, frame: &Frame, counts: Counts) {
    let em = frame.em;
    let column = ((frame.width - 2 * em) / 4).min(em * 11);
    let entries = [
        (SeatState::Available, counts.available),
        (SeatState::Held, counts.held),
        (SeatState::Booked, counts.booked),
        (SeatState::Blocked, counts.blocked),
    ]
    .map(|(state, count)| (state, format!("{} {}", state_name(state), format_number(count))));
    let sizes = entries.iter().map(|(_, text)| fitting_size(text, column - em * 16 / 10, em));
    let font = Font { size: sizes.min().unwrap_or(em), bold: false, fill: TEXT };
    let y = frame.top + em * 63 / 10;
    let mut x = frame.left + em;
    for (state, text) in &entries {
        svg.draw_shape(*state, x + em / 2, y, em);
        svg.draw_text(x + em * 14 / 10, y + em * 35 / 100, Anchor::Start, font, text);
        x += column;
    }
}
