//! The seats, the labels of their rows and the names of their sections.

use boxoffice_engine::model::seat::SeatState;
use boxoffice_engine::seating::{Layout, Row, Section, SectionKind};

use super::Picture;
use super::frame::{Frame, PITCH, Vector};
use super::writer::{Anchor, Font, SvgWriter, TEXT, TEXT_ASIDE, fitting_size, text_width};

pub fn draw(svg: &mut SvgWriter, frame: &Frame, picture: &Picture) {
    let layout = picture.layout;
    let states: Vec<SeatState> = picture.map.states.iter().collect();
    let mut fronts = Vec::new();
    for section in layout.sections() {
        let SectionKind::Seated { rows } = &section.kind else { continue };
        let rows = &layout.rows()[rows.clone()];
        for row in rows {
            draw_row(svg, frame, layout, section, row, &states);
        }
        fronts.push((section, Front::new(layout, frame, rows)));
    }
    // After all seats, so that no seat covers a name.
    for (section, front) in fronts {
        draw_section_name(svg, section, &front);
    }
}

/// The front row of a section, where its name is drawn.
struct Front {
    /// Middle of the row.
    middle: Vector,
    /// Distance of the first seat from the last one.
    width: f64,
    /// Direction of the row, of length 1, from left to right.
    along: Vector,
    /// Direction away from the section's other rows, of length 1.
    away: Vector,
    /// In a curved row, how far its ends are in front of its middle.
    bend: f64,
}

impl Front {
    /// Does not panic, because every section has a row, and every row a seat.
    fn new(layout: &Layout, frame: &Frame, rows: &[Row]) -> Self {
        let seat = |number: usize| frame.position(layout.seats()[number].position);
        let (first, last) = (seat(rows[0].seats.start), seat(rows[0].seats.end - 1));
        let centre = |row: &Row| {
            midpoint(seat(row.seats.start + (row.seats.len() - 1) / 2), seat(row.seats.start + row.seats.len() / 2))
        };
        let middle = centre(&rows[0]);
        let along = direction(first, last).unwrap_or((1.0, 0.0));
        let left_to_right = if along.0 < 0.0 { (-along.0, -along.1) } else { along };
        let from_second_row = rows.get(1).and_then(|second| direction(centre(second), middle));
        let away = from_second_row.unwrap_or((left_to_right.1, -left_to_right.0));
        let chord = midpoint(first, last);
        let bend = ((chord.0 - middle.0) * away.0 + (chord.1 - middle.1) * away.1).max(0.0);
        Self { middle, width: (last.0 - first.0).hypot(last.1 - first.1), along: left_to_right, away, bend }
    }
}

fn midpoint(one: Vector, other: Vector) -> Vector {
    (f64::midpoint(one.0, other.0), f64::midpoint(one.1, other.1))
}

/// Direction from one point to another, of length 1; `None` if the points are equal.
fn direction(from: Vector, to: Vector) -> Option<Vector> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    (length > 0.0).then(|| (dx / length, dy / length))
}

/// Draws the section's name in front of the section, parallel to its front row.
fn draw_section_name(svg: &mut SvgWriter, section: &Section, front: &Front) {
    let width = rounded(front.width).max(4 * PITCH) + 2 * PITCH;
    let font = Font { size: fitting_size(&section.name, width, PITCH * 3 / 2), bold: true, fill: TEXT };
    let length = f64::from(text_width(&section.name, font.size));
    // The ends of a curved row are beside the name, so a long name needs more distance.
    let share = if front.width > 0.0 { (length / front.width).min(1.0) } else { 0.0 };
    let away = f64::from(PITCH * 8 / 10 + font.size / 2) + front.bend * share * share;
    let at = (rounded(front.middle.0 + front.away.0 * away), rounded(front.middle.1 + front.away.1 * away));
    svg.draw_label(at, rounded(front.along.1.atan2(front.along.0).to_degrees()), font, &section.name);
}

fn draw_row(svg: &mut SvgWriter, frame: &Frame, layout: &Layout, section: &Section, row: &Row, states: &[SeatState]) {
    let seats = &layout.seats()[row.seats.clone()];
    let positions: Vec<Vector> = seats.iter().map(|seat| frame.position(seat.position)).collect();
    draw_row_label(svg, row, &positions);
    // Seats are positioned relative to the first seat and in the direction of the row, so that rows at different places
    // and angles contain the same numbers, which compresses well. For the same reason the parts that depend on the
    // state are written next to each other.
    let (first, last) = (positions[0], positions[positions.len() - 1]); // Every row has a seat.
    let (cos, sin) = direction(first, last).unwrap_or((1.0, 0.0));
    svg.write(format_args!("<g transform=\"translate({} {})", rounded(first.0), rounded(first.1)));
    if sin != 0.0 || cos < 0.0 {
        svg.write(format_args!("rotate({:.2})", sin.atan2(cos).to_degrees()));
    }
    svg.write(format_args!("\">\n"));
    for ((seat, at), state) in seats.iter().zip(&positions).zip(&states[row.seats.clone()]) {
        let (dx, dy) = (at.0 - first.0, at.1 - first.1);
        svg.write(format_args!("<use x=\"{}\"", rounded(dx * cos + dy * sin)));
        let beside = rounded(dy * cos - dx * sin);
        if beside != 0 {
            svg.write(format_args!(" y=\"{beside}\""));
        }
        svg.write(format_args!(" href=\"#{}\"><title>", state.letter()));
        svg.write_escaped(&section.name);
        svg.write(format_args!(", row "));
        svg.write_escaped(&row.label);
        svg.write(format_args!(", seat "));
        svg.write_escaped(&seat.number);
        svg.write(format_args!(": {}</title></use>\n", state.as_str()));
    }
    svg.write(format_args!("</g>\n"));
}

/// Draws the row's label before its first seat, in the direction of the first two seats.
fn draw_row_label(svg: &mut SvgWriter, row: &Row, positions: &[Vector]) {
    let first = positions[0];
    let before = positions.get(1).and_then(|next| direction(*next, first)).unwrap_or((-1.0, 0.0));
    let away = f64::from(PITCH) * 1.15;
    let (x, y) = (rounded(first.0 + before.0 * away), rounded(first.1 + before.1 * away));
    let size = fitting_size(&row.label, PITCH * 14 / 10, PITCH * 6 / 10);
    let font = Font { size, bold: false, fill: TEXT_ASIDE };
    svg.draw_text(x, y + size * 35 / 100, Anchor::Middle, font, &row.label);
}

fn rounded(length: f64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "coordinates of a drawing fit into 32 bits: `Frame` computes its bounds as `i32`"
    )]
    let whole = length.round() as i32;
    whole
}
