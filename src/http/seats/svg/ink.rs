//! The document as it is written: elements, numbers and escaped text.

use std::fmt::Write;

use super::Picture;
use super::frame::{Frame, PITCH};
use crate::domain::seat::SeatState;

pub const TEXT: &str = "#1d2733";
pub const TEXT_ASIDE: &str = "#5a6675";
pub const PAPER: &str = "#ffffff";
pub const PANEL: &str = "#f2f5f8";
pub const PLATFORM: &str = "#27323f";

/// The letters of a text are so wide on average, in hundredths of their height: an estimate that errs on the wide side.
const LETTER_WIDTH: i64 = 62;

/// Where a text stands beside its point.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub struct Font {
    pub size: i32,
    pub bold: bool,
    pub fill: &'static str,
}

/// See the module's documentation.
pub struct Ink {
    out: String,
}

/// Against white each of these has a contrast of 3:1 or more. What is gone is grey, whatever the reason; the shapes tell.
pub fn colour(state: SeatState) -> &'static str {
    match state {
        SeatState::Available => "#0b62c4",
        SeatState::Held => "#c26a00",
        SeatState::Booked | SeatState::Blocked => "#808b98",
    }
}

/// At the beginning of what is told.
pub fn word(state: SeatState) -> &'static str {
    match state {
        SeatState::Available => "Available",
        SeatState::Held => "Held",
        SeatState::Booked => "Booked",
        SeatState::Blocked => "Blocked",
    }
}

impl Ink {
    /// The frame, its background and the four shapes.
    pub fn begin(frame: &Frame, picture: &Picture) -> Self {
        let seats = picture.layout.seats().len();
        let mut ink = Self { out: String::with_capacity(4_096 + 90 * seats) };
        let (left, top, width, height) = (frame.left, frame.top, frame.width, frame.bottom - frame.top);
        ink.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left} {top} {width} {height}\" \
             font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif\">\n<title>"
        ));
        ink.escaped(&picture.map.event_name);
        ink.put(format_args!("</title>\n<defs>\n"));
        ink.shapes();
        ink.put(format_args!(
            "</defs>\n<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>\n"
        ));
        ink
    }

    pub fn end(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    /// An element for each state, called by its letter, that fits into a circle of [`PITCH`].
    fn shapes(&mut self) {
        let (available, held) = (colour(SeatState::Available), colour(SeatState::Held));
        let (booked, blocked) = (colour(SeatState::Booked), colour(SeatState::Blocked));
        self.put(format_args!(
            "<circle id=\"a\" r=\"10\" fill=\"{available}\"/>\n\
             <circle id=\"h\" r=\"8.5\" fill=\"#ffe9c7\" stroke=\"{held}\" stroke-width=\"3\"/>\n\
             <rect id=\"b\" x=\"-8\" y=\"-8\" width=\"16\" height=\"16\" rx=\"2.5\" fill=\"{booked}\"/>\n\
             <path id=\"x\" d=\"M-6-6 6 6M6-6-6 6\" stroke=\"{blocked}\" stroke-width=\"3\" stroke-linecap=\"round\"/>\n"
        ));
    }

    pub fn put(&mut self, what: std::fmt::Arguments) {
        self.out.write_fmt(what).expect("a string takes everything");
    }

    /// Text that people wrote, whatever it is: markup in it is text, and what XML cannot have is replaced.
    pub fn escaped(&mut self, text: &str) {
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

    /// Letters that stand on `y`.
    pub fn text(&mut self, x: i32, y: i32, anchor: Anchor, font: Font, text: &str) {
        let Font { size, bold, fill } = font;
        self.put(format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\""));
        if bold {
            self.out.push_str(" font-weight=\"600\"");
        }
        if matches!(anchor, Anchor::Middle) {
            self.out.push_str(" text-anchor=\"middle\"");
        }
        self.out.push('>');
        self.escaped(text);
        self.out.push_str("</text>\n");
    }

    /// Letters around a point, turned by so many degrees, with a halo that keeps them apart from what they may lie on.
    pub fn label(&mut self, (x, y): (i32, i32), degrees: i32, font: Font, text: &str) {
        let Font { size, fill, .. } = font;
        let (halo, drop) = (size / 4, size * 35 / 100);
        self.put(format_args!("<text transform=\"translate({x} {y})"));
        if degrees != 0 {
            self.put(format_args!("rotate({degrees})"));
        }
        self.put(format_args!(
            "\" y=\"{drop}\" font-size=\"{size}\" font-weight=\"600\" text-anchor=\"middle\" fill=\"{fill}\" \
             stroke=\"{PAPER}\" stroke-width=\"{halo}\" stroke-linejoin=\"round\" paint-order=\"stroke\">"
        ));
        self.escaped(text);
        self.out.push_str("</text>\n");
    }

    /// The shape of a state, as large as letters of this height.
    pub fn sample(&mut self, state: SeatState, x: i32, y: i32, em: i32) {
        let (whole, part) = (em / PITCH, em % PITCH * 10 / PITCH);
        self.put(format_args!(
            "<use href=\"#{}\" transform=\"translate({x} {y})scale({whole}.{part})\"/>\n",
            state.letter()
        ));
    }
}

/// The size in which a text fits into a width, but never above `largest`.
pub fn fitting(text: &str, width: i32, largest: i32) -> i32 {
    let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX).max(1);
    let fits = i64::from(width) * 100 / letters.saturating_mul(LETTER_WIDTH);
    i32::try_from(fits).map_or(largest, |fits| fits.min(largest)).max(1)
}

/// How wide a text is, about.
pub fn width_of(text: &str, size: i32) -> i32 {
    let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    i32::try_from(letters.saturating_mul(LETTER_WIDTH).saturating_mul(size.into()) / 100).unwrap_or(i32::MAX)
}

/// 20000 is 20,000.
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
