//! The stage.

use super::frame::{Frame, PITCH, Stage};
use super::writer::{Anchor, Font, PAPER, PLATFORM, SvgWriter};

const NAME: &str = "Stage";

pub fn draw(svg: &mut SvgWriter, frame: &Frame) {
    match frame.stage {
        Stage::Platform { x, edge, width, height, above } => {
            // The front is curved towards the seats.
            let (left, right) = (x - width / 2, x + width / 2);
            let (back, bulge) = if above { (edge - height, edge) } else { (edge + height, edge) };
            let front = back + (bulge - back) * 2 / 3;
            let control = back + (bulge - back) * 4 / 3;
            svg.write(format_args!(
                "<path d=\"M{left} {back}L{right} {back}L{right} {front}Q{x} {control} {left} {front}Z\" \
                 fill=\"{PLATFORM}\"/>\n"
            ));
            draw_name(svg, x, back + (bulge - back) / 2, height / 2);
        }
        Stage::Ring { at, radius } => {
            let (x, y) = (at.x, at.y);
            svg.write(format_args!(
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{PLATFORM}\"><title>{NAME}</title></circle>\n"
            ));
            if radius >= PITCH {
                draw_name(svg, x, y, (radius / 2).min(frame.em * 2));
            }
        }
        Stage::Nowhere => {}
    }
}

fn draw_name(svg: &mut SvgWriter, x: i32, middle: i32, size: i32) {
    let font = Font { size, bold: true, fill: PAPER };
    svg.draw_text(x, middle + size * 35 / 100, Anchor::Middle, font, NAME);
}
