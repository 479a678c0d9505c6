//! Writer of the SVG document: elements, numbers and escaped text.

use std::fmt::Write;

use boxoffice_engine::model::seat::SeatState;

use super::Picture;
use super::frame::{Frame, PITCH};

pub const TEXT: &str = "#1d2733";
pub const TEXT_ASIDE: &str = "#5a6675";
pub const PAPER: &str = "#ffffff";
pub const PANEL: &str = "#f2f5f8";
pub const PLATFORM: &str = "#27323f";

/// Average width of a letter in hundredths of the font size, estimated rather too large.
const LETTER_WIDTH: i64 = 62;

/// Horizontal alignment of a text at its point.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
}

/// Size, weight and colour of a text.
#[derive(Clone, Copy)]
pub struct Font {
    pub size: i32,
    pub bold: bool,
    pub fill: &'static str,
}

/// Writer of the SVG document.
pub struct SvgWriter {
    out: String,
}

/// Colour of a state. Each has a contrast of at least 3:1 against white. Booked and blocked seats are both grey and
/// differ by shape.
pub fn state_colour(state: SeatState) -> &'static str {
    match state {
        SeatState::Available => "#0b62c4",
        SeatState::Held => "#c26a00",
        SeatState::Booked | SeatState::Blocked => "#808b98",
    }
}

/// Name of a state in the legend.
pub fn state_name(state: SeatState) -> &'static str {
    match state {
        SeatState::Available => "Available",
        SeatState::Held => "Held",
        SeatState::Booked => "Booked",
        SeatState::Blocked => "Blocked",
    }
}

impl SvgWriter {
    /// Begins the document: root element, title, the four shapes, background.
    pub fn new(frame: &Frame, picture: &Picture) -> Self {
        let seats = picture.layout.seats().len();
        let mut svg = Self { out: String::with_capacity(4_096 + 90 * seats) };
        let (left, top, width, height) = (frame.left, frame.top, frame.width, frame.bottom - frame.top);
        svg.write(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left} {top} {width} {height}\" \
             font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif\">\n<title>"
        ));
        svg.write_escaped(&picture.map.event_name);
        svg.write(format_args!("</title>\n<defs>\n"));
        svg.define_shapes();
        svg.write(format_args!(
            "</defs>\n<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>\n"
        ));
        svg
    }

    /// Ends the document and returns it.
    pub fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    /// Defines a shape for each state. Its id is the state's letter, and it fits into a circle of diameter [`PITCH`].
    fn define_shapes(&mut self) {
        let (available, held) = (state_colour(SeatState::Available), state_colour(SeatState::Held));
        let (booked, blocked) = (state_colour(SeatState::Booked), state_colour(SeatState::Blocked));
        self.write(format_args!(
            "<circle id=\"a\" r=\"10\" fill=\"{available}\"/>\n\
             <circle id=\"h\" r=\"8.5\" fill=\"#ffe9c7\" stroke=\"{held}\" stroke-width=\"3\"/>\n\
             <rect id=\"b\" x=\"-8\" y=\"-8\" width=\"16\" height=\"16\" rx=\"2.5\" fill=\"{booked}\"/>\n\
             <path id=\"x\" d=\"M-6-6 6 6M6-6-6 6\" stroke=\"{blocked}\" stroke-width=\"3\" stroke-linecap=\"round\"/>\n"
        ));
    }

    /// Writes markup as it is.
    pub fn write(&mut self, markup: std::fmt::Arguments) {
        self.out.write_fmt(markup).expect("writing to a string cannot fail");
    }

    /// Writes text of users: markup characters are escaped, and characters that XML does not allow are replaced.
    pub fn write_escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\u{FFFE}' | '\u{FFFF}' => self.out.push('\u{FFFD}'),
                _ if character.is_control() => self.out.push('\u{FFFD}'),
                _ => self.out.push(character),
            }
        }
    }

    /// Draws a text with its baseline at `y`.
    pub fn draw_text(&mut self, x: i32, y: i32, anchor: Anchor, font: Font, text: &str) {
        let Font { size, bold, fill } = font;
        self.write(format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\""));
        if bold {
            self.out.push_str(" font-weight=\"600\"");
        }
        if matches!(anchor, Anchor::Middle) {
            self.out.push_str(" text-anchor=\"middle\"");
        }
        self.out.push('>');
        self.write_escaped(text);
        self.out.push_str("</text>\n");
    }

    /// Draws a text centred at a point and rotated, with a halo that separates it from shapes behind it.
    pub fn draw_label(&mut self, (x, y): (i32, i32), degrees: i32, font: Font, text: &str) {
        let Font { size, fill, .. } = font;
        let (halo, drop) = (size / 4, size * 35 / 100);
        self.write(format_args!("<text transform=\"translate({x} {y})"));
        if degrees != 0 {
            self.write(format_args!("rotate({degrees})"));
        }
        self.write(format_args!(
            "\" y=\"{drop}\" font-size=\"{size}\" font-weight=\"600\" text-anchor=\"middle\" fill=\"{fill}\" \
             stroke=\"{PAPER}\" stroke-width=\"{halo}\" stroke-linejoin=\"round\" paint-order=\"stroke\">"
        ));
        self.write_escaped(text);
        self.out.push_str("</text>\n");
    }

    /// Draws the shape of a state in the size of a letter. `em` is the font size.
    pub fn draw_shape(&mut self, state: SeatState, x: i32, y: i32, em: i32) {
        let (whole, part) = (em / PITCH, em % PITCH * 10 / PITCH);
        self.write(format_args!(
            "<use href=\"#{}\" transform=\"translate({x} {y})scale({whole}.{part})\"/>\n",
            state.letter()
        ));
    }
}

/// Font size with which a text fits into a width; at most `largest`, at least 1.
pub fn fitting_size(text: &str, width: i32, largest: i32) -> i32 {
    let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX).max(1);
    let fits = i64::from(width) * 100 / letters.saturating_mul(LETTER_WIDTH);
    i32::try_from(fits).map_or(largest, |fits| fits.min(largest)).max(1)
}

/// Estimated width of a text.
pub fn text_width(text: &str, size: i32) -> i32 {
    let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    i32::try_from(letters.saturating_mul(LETTER_WIDTH).saturating_mul(size.into()) / 100).unwrap_or(i32::MAX)
}

/// The number with thousands separators: 20,000.
pub fn format_number(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
