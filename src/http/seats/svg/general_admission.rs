//! Sections without seats: a box each, below the seats, with a bar that is as full as the section.

use super::Picture;
use super::frame::{BOXES_PER_LINE, Frame};
use super::ink::{Anchor, Font, Ink, PANEL, TEXT, TEXT_ASIDE, colour, fitting, grouped};
use crate::domain::seat::SeatState;
use crate::domain::seat_map::{Counts, SectionCounts};
use crate::domain::seating::{Layout, SectionIndex, SectionKind};

/// Of a box with the room below it, in letters.
const LINE_HEIGHT: i32 = 8;
const BOX_HEIGHT: i32 = 7;

/// Of all boxes, in letters of this height.
pub fn height(layout: &Layout, em: i32) -> i32 {
    let lines = names(layout).count().div_ceil(BOXES_PER_LINE);
    i32::try_from(lines).unwrap_or(i32::MAX).saturating_mul(em * LINE_HEIGHT)
}

pub fn draw(ink: &mut Ink, frame: &Frame, picture: &Picture) {
    let em = frame.em;
    let count = names(picture.layout).count();
    let columns = i32::try_from(count.min(BOXES_PER_LINE)).unwrap_or(1).max(1);
    let width = (frame.width - em * (columns + 1)) / columns;
    for (place, (number, name)) in names(picture.layout).enumerate() {
        let counts = counts(picture, |section| usize::from(section.0) == number);
        let (line, column) = (place / BOXES_PER_LINE, place % BOXES_PER_LINE);
        let at = |steps: usize, step: i32| i32::try_from(steps).unwrap_or(0) * step;
        let x = frame.left + em + at(column, width + em);
        let y = frame.boxes_top + at(line, em * LINE_HEIGHT);
        draw_box(ink, em, (x, y, width), name, counts);
    }
}

/// With their place among the sections.
fn names(layout: &Layout) -> impl Iterator<Item = (usize, &str)> {
    let sections = layout.sections().iter().enumerate();
    let without_seats = sections.filter(|(_, section)| matches!(section.kind, SectionKind::GeneralAdmission { .. }));
    without_seats.map(|(number, section)| (number, section.name.as_str()))
}

/// Of some sections together.
pub fn counts(picture: &Picture, of: impl Fn(SectionIndex) -> bool) -> Counts {
    let some = picture.map.general_admission.iter().filter(|one| of(one.section));
    some.fold(Counts::default(), |sum, SectionCounts { counts, .. }| Counts {
        available: sum.available + counts.available,
        held: sum.held + counts.held,
        booked: sum.booked + counts.booked,
        blocked: sum.blocked + counts.blocked,
    })
}

fn draw_box(ink: &mut Ink, em: i32, (x, y, width): (i32, i32, i32), name: &str, counts: Counts) {
    let (height, corner) = (em * BOX_HEIGHT, em / 2);
    ink.put(format_args!(
        "<g><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{corner}\" fill=\"{PANEL}\"/>\n"
    ));
    let (inner_x, inner) = (x + em, width - 2 * em);
    let bold = Font { size: fitting(name, inner, em * 12 / 10), bold: true, fill: TEXT };
    ink.text(inner_x, y + em * 19 / 10, Anchor::Start, bold, name);
    let told = format!("{} of {} available", grouped(counts.available), grouped(counts.total()));
    let plain = Font { size: fitting(&told, inner, em), bold: false, fill: TEXT_ASIDE };
    ink.text(inner_x, y + em * 34 / 10, Anchor::Start, plain, &told);
    bar(ink, em, (inner_x, y + em * 43 / 10, inner), name, counts);
    let rest = format!(
        "{} held, {} booked, {} blocked",
        grouped(counts.held),
        grouped(counts.booked),
        grouped(counts.blocked)
    );
    let plain = Font { size: fitting(&rest, inner, em * 9 / 10), bold: false, fill: TEXT_ASIDE };
    ink.text(inner_x, y + em * 62 / 10, Anchor::Start, plain, &rest);
    ink.put(format_args!("</g>\n"));
}

/// Shares of the section, from the left: booked, held and blocked, and what can be had.
fn bar(ink: &mut Ink, em: i32, (x, y, width): (i32, i32, i32), name: &str, counts: Counts) {
    let (height, gap) = (em * 6 / 10, (em / 10).max(1));
    let shares = [
        (SeatState::Booked, counts.booked),
        (SeatState::Held, counts.held),
        (SeatState::Blocked, counts.blocked),
        (SeatState::Available, counts.available),
    ];
    let end_of = |places: u32| {
        let end = i64::from(width) * i64::from(places) / i64::from(counts.total().max(1));
        i32::try_from(end).unwrap_or(width)
    };
    let mut before = 0;
    for (state, count) in shares {
        let (from, to) = (end_of(before), end_of(before + count));
        before += count;
        if to - from <= gap {
            continue;
        }
        let (left, width, fill) = (x + from, to - from - gap, colour(state));
        ink.put(format_args!("<rect x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\""));
        if state == SeatState::Blocked {
            // Told apart from what is booked, which has its colour.
            ink.put(format_args!(" fill-opacity=\".45\""));
        }
        ink.put(format_args!("><title>"));
        ink.escaped(name);
        ink.put(format_args!(": {} {}</title></rect>\n", grouped(count), state.as_str()));
    }
}
