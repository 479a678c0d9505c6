//! How large everything is, and what stands where: worked out before anything is drawn.
//!
//! A seat is as large in every drawing, whether its layout counts in centimetres or in seats: what is usual between two
//! neighbours of the layout becomes [`PITCH`]. Regular rows stay regular, others are rounded by a fiftieth of that, which nobody
//! sees, and numbers are short, of which a large house has very many.

use super::Picture;
use crate::domain::seating::geometry::SEAT_PITCH;
use crate::domain::seating::{Layout, Point, Row, SectionKind};

/// From a seat to its neighbour, where they are as far apart as is usual.
pub const PITCH: i32 = 24;
/// The narrowest drawing: there is room for the legend.
const WIDTH_MIN: i32 = 36 * PITCH;
/// Room around the seats for the labels of rows.
const MARGIN: i32 = 3 * PITCH;
/// Room in front of the seats for the names of sections.
const NAMES: i32 = 7 * PITCH / 2;
/// How large a stage among the seats is: less than the least would not be seen as one.
const RADIUS_MIN: i32 = 2 * PITCH;
const RADIUS_MAX: i32 = 12 * PITCH;
/// How many boxes of general admission stand side by side.
pub const BOXES_PER_LINE: usize = 3;

/// A point or a direction in the drawing.
pub type Place = (f64, f64);

/// What stands where.
pub struct Frame {
    /// What is usual between neighbours in this layout, in its own lengths.
    usual_pitch: i32,
    /// The height of the letters of the header.
    pub em: i32,
    pub left: i32,
    pub width: i32,
    pub top: i32,
    pub bottom: i32,
    pub stage: Stage,
    /// Where the boxes of general admission begin.
    pub boxes_top: i32,
}

/// What people come to look at, and how it fits in.
pub enum Stage {
    /// In front of all seats, or behind them: a platform whose nearer edge is at `edge`.
    Platform { x: i32, edge: i32, width: i32, height: i32, above: bool },
    /// Among the seats or beside them, which leave a circle free.
    Ring { at: Point, radius: i32 },
    /// There are no seats to look at it from.
    Nowhere,
}

/// The corners of what seats take up.
#[derive(Clone, Copy)]
struct Bounds {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Frame {
    pub fn of(picture: &Picture) -> Self {
        let layout = picture.layout;
        let usual_pitch = usual_pitch(layout);
        let places: Vec<Point> = layout.seats().iter().map(|seat| drawn(seat.at, usual_pitch)).collect();
        let seats = Bounds::around(&places);
        let em = em(seats);
        let stage = seats
            .map_or(Stage::Nowhere, |seats| Stage::of(drawn(layout.focal_point(), usual_pitch), &places, seats, em));

        let inner = seats.map_or(Bounds::NOTHING, |seats| seats.wider_by(MARGIN).with(stage.bounds().wider_by(PITCH)));
        let width = (inner.right - inner.left).max(WIDTH_MIN);
        let left = inner.left + (inner.right - inner.left) / 2 - width / 2;
        let top = inner.top - super::header::height(layout, em);
        let boxes_top = inner.bottom;
        let bottom = boxes_top + super::general_admission::height(layout, em) + em;
        Self { usual_pitch, em, left, width, top, bottom, stage, boxes_top }
    }

    /// A place of the layout in the drawing, to the fraction.
    pub fn place(&self, at: Point) -> Place {
        let scale = f64::from(PITCH) / f64::from(self.usual_pitch);
        (f64::from(at.x) * scale, f64::from(at.y) * scale)
    }
}

fn drawn(at: Point, usual_pitch: i32) -> Point {
    // Rounded half up, below 0 too. Within COORDINATE_MAX there is room for it.
    let round = |length: i32| (2 * length * PITCH + usual_pitch).div_euclid(2 * usual_pitch);
    Point { x: round(at.x), y: round(at.y) }
}

/// The header grows with the house, so that it can be read when the whole house is looked at.
fn em(seats: Option<Bounds>) -> i32 {
    let width = seats.map_or(0, |seats| seats.right - seats.left + 2 * MARGIN);
    (width / 52).max(PITCH)
}

impl Stage {
    /// It is drawn where it is, but never so far from the seats that these would be lost in the drawing.
    fn of(focal_point: Point, places: &[Point], seats: Bounds, em: i32) -> Self {
        let (width, height) = (((seats.right - seats.left) / 2).max(10 * PITCH), 2 * em);
        let far = (seats.right - seats.left).max(seats.bottom - seats.top).max(10 * PITCH) / 4;
        let Point { x, y } = focal_point;
        let along = x.clamp(seats.left, seats.right);
        if y <= seats.top {
            let edge = y.clamp(seats.top - NAMES - far, seats.top - NAMES);
            return Self::Platform { x: along, edge, width, height, above: true };
        }
        if y >= seats.bottom {
            let edge = y.clamp(seats.bottom + NAMES, seats.bottom + NAMES + far);
            return Self::Platform { x: along, edge, width, height, above: false };
        }
        let at = Point { x: x.clamp(seats.left - NAMES - far, seats.right + NAMES + far), y };
        let nearest = places.iter().map(|place| place.distance(at)).min();
        let free = nearest.and_then(|nearest| i32::try_from(nearest).ok()).unwrap_or(0) - NAMES;
        let radius = if free < RADIUS_MIN { PITCH / 3 } else { free.min(RADIUS_MAX) };
        Self::Ring { at, radius }
    }

    fn bounds(&self) -> Bounds {
        match *self {
            Self::Platform { x, edge, width, height, above } => {
                let back = if above { edge - height } else { edge + height };
                Bounds { left: x - width / 2, top: edge.min(back), right: x + width / 2, bottom: edge.max(back) }
            }
            Self::Ring { at: Point { x, y }, radius } => {
                Bounds { left: x, top: y, right: x, bottom: y }.wider_by(radius)
            }
            Self::Nowhere => Bounds::NOTHING,
        }
    }
}

impl Bounds {
    const NOTHING: Self = Self { left: 0, top: 0, right: 0, bottom: 0 };

    /// `None` around nothing.
    fn around(places: &[Point]) -> Option<Self> {
        let (first, others) = places.split_first()?;
        let at = |place: &Point| Self { left: place.x, top: place.y, right: place.x, bottom: place.y };
        Some(others.iter().map(at).fold(at(first), Self::with))
    }

    fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn wider_by(self, by: i32) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }
}

/// The median distance of neighbours in a row, or of one row from the next where that is less; at least 1.
fn usual_pitch(layout: &Layout) -> i32 {
    let seats = layout.seats();
    let along =
        layout.rows().iter().flat_map(|row| seats[row.seats.clone()].windows(2)).map(|pair| (pair[0].at, pair[1].at));
    let sections = layout.sections().iter().filter_map(|section| match &section.kind {
        SectionKind::Seated { rows } => Some(&layout.rows()[rows.clone()]),
        SectionKind::GeneralAdmission { .. } => None,
    });
    let first = |row: &Row| seats[row.seats.start].at;
    let across = sections.flat_map(|rows| rows.windows(2)).map(|pair| (first(&pair[0]), first(&pair[1])));
    let pitches = [median(along), median(across)].into_iter().flatten().filter(|pitch| *pitch > 0);
    pitches.min().unwrap_or(SEAT_PITCH)
}

fn median(pairs: impl Iterator<Item = (Point, Point)>) -> Option<i32> {
    let mut distances: Vec<u32> = pairs.map(|(one, other)| one.distance(other)).collect();
    let middle = distances.len() / 2;
    if distances.is_empty() {
        return None;
    }
    let (_, median, _) = distances.select_nth_unstable(middle);
    i32::try_from(*median).ok()
}
