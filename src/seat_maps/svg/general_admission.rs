//! Sections of general admission: one box per section below the seats, with a bar that shows the states of its places.

use boxoffice_engine::model::seat::SeatState;
use boxoffice_engine::seating::{Layout, SectionIndex, SectionKind};

use super::Picture;
use super::frame::{BOXES_PER_LINE, Frame};
use super::writer::{Anchor, Font, PANEL, SvgWriter, TEXT, TEXT_ASIDE, fitting_size, format_number, state_colour};
use crate::seat_maps::model::{Counts, SectionCounts};

/// Height of a line of boxes, including the gap below, in em.
const LINE_HEIGHT: i32 = 8;
/// Height of a box, in em.
const BOX_HEIGHT: i32 = 7;

/// Height of all boxes. `em` is the font size.
pub fn height(layout: &Layout, em: i32) -> i32 {
    let lines = general_admission_sections(layout).count().div_ceil(BOXES_PER_LINE);
    i32::try_from(lines).unwrap_or(i32::MAX).saturating_mul(em * LINE_HEIGHT)
}

pub fn draw(svg: &mut SvgWriter, frame: &Frame, picture: &Picture) {
    let em = frame.em;
    let count = general_admission_sections(picture.layout).count();
    let columns = i32::try_from(count.min(BOXES_PER_LINE)).unwrap_or(1).max(1);
    let width = (frame.width - em * (columns + 1)) / columns;
    for (box_index, (section_index, name)) in general_admission_sections(picture.layout).enumerate() {
        let counts = sum_counts(picture, |section| usize::from(section.0) == section_index);
        let (line, column) = (box_index / BOXES_PER_LINE, box_index % BOXES_PER_LINE);
        let offset = |steps: usize, step: i32| i32::try_from(steps).unwrap_or(0) * step;
        let x = frame.left + em + offset(column, width + em);
        let y = frame.boxes_top + offset(line, em * LINE_HEIGHT);
        draw_box(svg, em, (x, y, width), name, counts);
    }
}

/// Index and name of each section of general admission.
fn general_admission_sections(layout: &Layout) -> impl Iterator<Item = (usize, &str)> {
    let sections = layout.sections().iter().enumerate();
    let without_seats = sections.filter(|(_, section)| matches!(section.kind, SectionKind::GeneralAdmission { .. }));
    without_seats.map(|(index, section)| (index, section.name.as_str()))
}

/// Sum of the counts of the sections that `includes` selects.
pub fn sum_counts(picture: &Picture, includes: impl Fn(SectionIndex) -> bool) -> Counts {
    let selected = picture.map.general_admission.iter().filter(|counts| includes(counts.section));
    selected.fold(Counts::default(), |sum, SectionCounts { counts, .. }| Counts {
        available: sum.available + counts.available,
        held: sum.held + counts.held,
        booked: sum.booked + counts.booked,
        blocked: sum.blocked + counts.blocked,
    })
}

fn draw_box(svg: &mut SvgWriter, em: i32, (x, y, width): (i32, i32, i32), name: &str, counts: Counts) {
    let (height, corner) = (em * BOX_HEIGHT, em / 2);
    svg.write(format_args!(
        "<g><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{corner}\" fill=\"{PANEL}\"/>\n"
    ));
    let (inner_x, inner) = (x + em, width - 2 * em);
    let bold = Font { size: fitting_size(name, inner, em * 12 / 10), bold: true, fill: TEXT };
    svg.draw_text(inner_x, y + em * 19 / 10, Anchor::Start, bold, name);
    let available = format!("{} of {} available", format_number(counts.available), format_number(counts.total()));
    let plain = Font { size: fitting_size(&available, inner, em), bold: false, fill: TEXT_ASIDE };
    svg.draw_text(inner_x, y + em * 34 / 10, Anchor::Start, plain, &available);
    draw_bar(svg, em, (inner_x, y + em * 43 / 10, inner), name, counts);
    let rest = format!(
        "{} held, {} booked, {} blocked",
        format_number(counts.held),
        format_number(counts.booked),
        format_number(counts.blocked)
    );
    let plain = Font { size: fitting_size(&rest, inner, em * 9 / 10), bold: false, fill: TEXT_ASIDE };
    svg.draw_text(inner_x, y + em * 62 / 10, Anchor::Start, plain, &rest);
    svg.write(format_args!("</g>\n"));
}

/// Draws the states' shares of the section, from the left: booked, held, blocked, available.
fn draw_bar(svg: &mut SvgWriter, em: i32, (x, y, width): (i32, i32, i32), name: &str, counts: Counts) {
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
    let mut places_before = 0;
    for (state, count) in shares {
        let (from, to) = (end_of(places_before), end_of(places_before + count));
        places_before += count;
        if to - from <= gap {
            continue;
        }
        let (left, width, fill) = (x + from, to - from - gap, state_colour(state));
        svg.write(format_args!("<rect x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\""));
        if state == SeatState::Blocked {
            // Paler, because booked places have the same colour.
            svg.write(format_args!(" fill-opacity=\".45\""));
        }
        svg.write(format_args!("><title>"));
        svg.write_escaped(name);
        svg.write(format_args!(": {} {}</title></rect>\n", format_number(count), state.as_str()));
    }
}
