//! What people come to look at.

use super::frame::{Frame, PITCH, Stage};
use super::ink::{Anchor, Font, Ink, PAPER, PLATFORM};

const NAME: &str = "Stage";

pub fn draw(ink: &mut Ink, frame: &Frame) {
    match frame.stage {
        Stage::Platform { x, edge, width, height, above } => {
            // Its front bulges towards the seats.
            let (left, right) = (x - width / 2, x + width / 2);
            let (back, bulge) = if above { (edge - height, edge) } else { (edge + height, edge) };
            let front = back + (bulge - back) * 2 / 3;
            let control = back + (bulge - back) * 4 / 3;
            ink.put(format_args!(
                "<path d=\"M{left} {back}L{right} {back}L{right} {front}Q{x} {control} {left} {front}Z\" \
                 fill=\"{PLATFORM}\"/>\n"
            ));
            name(ink, x, back + (bulge - back) / 2, height / 2);
        }
        Stage::Ring { at, radius } => {
            let (x, y) = (at.x, at.y);
            ink.put(format_args!(
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{PLATFORM}\"><title>{NAME}</title></circle>\n"
            ));
            if radius >= PITCH {
                name(ink, x, y, (radius / 2).min(frame.em * 2));
            }
        }
        Stage::Nowhere => {}
    }
}

fn name(ink: &mut Ink, x: i32, middle: i32, size: i32) {
    let font = Font { size, bold: true, fill: PAPER };
    ink.text(x, middle + size * 35 / 100, Anchor::Middle, font, NAME);
}
