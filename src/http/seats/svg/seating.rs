//! The seats, with the labels of their rows and the names of their sections.

use super::Picture;
use super::frame::{Frame, PITCH, Place};
use super::ink::{Anchor, Font, Ink, TEXT, TEXT_ASIDE, fitting, width_of};
use crate::domain::seat::SeatState;
use crate::domain::seating::{Layout, Row, Section, SectionKind};

pub fn draw(ink: &mut Ink, frame: &Frame, picture: &Picture) {
    let layout = picture.layout;
    let states: Vec<SeatState> = picture.map.states.iter().collect();
    let mut names = Vec::new();
    for section in layout.sections() {
        let SectionKind::Seated { rows } = &section.kind else { continue };
        let rows = &layout.rows()[rows.clone()];
        for row in rows {
            draw_row(ink, frame, layout, section, row, &states);
        }
        names.push((section, Front::of(layout, frame, rows)));
    }
    // Above the seats of all sections, so that none of them covers a name.
    for (section, front) in names {
        section_name(ink, section, &front);
    }
}

/// Where a section begins: the middle of its front row, how wide that is, along which line it runs, and the way away from
/// the section's other rows.
struct Front {
    middle: Place,
    width: f64,
    along: Place,
    away: Place,
    /// How far its ends reach forward beside its middle.
    bend: f64,
}

impl Front {
    /// A section has a row, and a row has a seat.
    fn of(layout: &Layout, frame: &Frame, rows: &[Row]) -> Self {
        let seat = |number: usize| frame.place(layout.seats()[number].at);
        let (first, last) = (seat(rows[0].seats.start), seat(rows[0].seats.end - 1));
        let centre = |row: &Row| {
            between(seat(row.seats.start + (row.seats.len() - 1) / 2), seat(row.seats.start + row.seats.len() / 2))
        };
        let middle = centre(&rows[0]);
        let along = direction(first, last).unwrap_or((1.0, 0.0));
        let upright = if along.0 < 0.0 { (-along.0, -along.1) } else { along };
        let behind = rows.get(1).and_then(|second| direction(centre(second), middle));
        let away = behind.unwrap_or((upright.1, -upright.0));
        let chord = between(first, last);
        let bend = ((chord.0 - middle.0) * away.0 + (chord.1 - middle.1) * away.1).max(0.0);
        Self { middle, width: (last.0 - first.0).hypot(last.1 - first.1), along: upright, away, bend }
    }
}

fn between(one: Place, other: Place) -> Place {
    (f64::midpoint(one.0, other.0), f64::midpoint(one.1, other.1))
}

/// Of length 1; none from a point to itself.
fn direction(from: Place, to: Place) -> Option<Place> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    (length > 0.0).then(|| (dx / length, dy / length))
}

/// In front of the section, along its front row.
fn section_name(ink: &mut Ink, section: &Section, front: &Front) {
    let room = rounded(front.width).max(4 * PITCH) + 2 * PITCH;
    let font = Font { size: fitting(&section.name, room, PITCH * 3 / 2), bold: true, fill: TEXT };
    let length = f64::from(width_of(&section.name, font.size));
    // A row that is bent reaches beside the name, the more so the longer that is.
    let share = if front.width > 0.0 { (length / front.width).min(1.0) } else { 0.0 };
    let away = f64::from(PITCH * 8 / 10 + font.size / 2) + front.bend * share * share;
    let at = (rounded(front.middle.0 + front.away.0 * away), rounded(front.middle.1 + front.away.1 * away));
    ink.label(at, rounded(front.along.1.atan2(front.along.0).to_degrees()), font, &section.name);
}

fn draw_row(ink: &mut Ink, frame: &Frame, layout: &Layout, section: &Section, row: &Row, states: &[SeatState]) {
    let seats = &layout.seats()[row.seats.clone()];
    let places: Vec<Place> = seats.iter().map(|seat| frame.place(seat.at)).collect();
    row_label(ink, row, &places);
    // From the first seat towards the last, so that rows have their numbers in common wherever they stand and however they are
    // turned: compression lives on that. It is also why what a state changes stands together.
    let (first, last) = (places[0], places[places.len() - 1]); // A row has a seat.
    let (cos, sin) = direction(first, last).unwrap_or((1.0, 0.0));
    ink.put(format_args!("<g transform=\"translate({} {})", rounded(first.0), rounded(first.1)));
    if sin != 0.0 || cos < 0.0 {
        ink.put(format_args!("rotate({:.2})", sin.atan2(cos).to_degrees()));
    }
    ink.put(format_args!("\">\n"));
    for ((seat, at), state) in seats.iter().zip(&places).zip(&states[row.seats.clone()]) {
        let (dx, dy) = (at.0 - first.0, at.1 - first.1);
        ink.put(format_args!("<use x=\"{}\"", rounded(dx * cos + dy * sin)));
        let beside = rounded(dy * cos - dx * sin);
        if beside != 0 {
            ink.put(format_args!(" y=\"{beside}\""));
        }
        ink.put(format_args!(" href=\"#{}\"><title>", state.letter()));
        ink.escaped(&section.name);
        ink.put(format_args!(", row "));
        ink.escaped(&row.label);
        ink.put(format_args!(", seat "));
        ink.escaped(&seat.number);
        ink.put(format_args!(": {}</title></use>\n", state.as_str()));
    }
    ink.put(format_args!("</g>\n"));
}

/// Before the first seat, in the direction in which the row begins.
fn row_label(ink: &mut Ink, row: &Row, places: &[Place]) {
    let first = places[0];
    let before = places.get(1).and_then(|next| direction(*next, first)).unwrap_or((-1.0, 0.0));
    let away = f64::from(PITCH) * 1.15;
    let (x, y) = (rounded(first.0 + before.0 * away), rounded(first.1 + before.1 * away));
    let size = fitting(&row.label, PITCH * 14 / 10, PITCH * 6 / 10);
    let font = Font { size, bold: false, fill: TEXT_ASIDE };
    ink.text(x, y + size * 35 / 100, Anchor::Middle, font, &row.label);
}

fn rounded(length: f64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "lengths of a drawing, whose ends are whole numbers of 32 bits"
    )]
    let whole = length.round() as i32;
    whole
}
