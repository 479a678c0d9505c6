//! Sizes and positions of all parts of the drawing, computed before anything is drawn.
//!
//! A seat has the same size in every drawing, whether the layout's unit is a centimetre or a seat: the usual distance
//! of neighbours in the layout becomes [`PITCH`]. Coordinates are rounded to whole numbers, so that the many numbers of
//! a large layout are short. Regular rows stay regular; other seats move by at most about a fiftieth of the pitch,
//! which is not visible.

use boxoffice_engine::seating::geometry::SEAT_PITCH;
use boxoffice_engine::seating::{Layout, Point, Row, SectionKind};

use super::Picture;

/// Usual distance of neighbouring seats in the drawing, in SVG units. All lengths of the drawing are in SVG units.
pub const PITCH: i32 = 24;
/// Minimum width of the drawing, so that the legend fits.
const WIDTH_MIN: i32 = 36 * PITCH;
/// Margin around the seats for the labels of rows.
const MARGIN: i32 = 3 * PITCH;
/// Height in front of the seats for the names of sections.
const SECTION_NAME_HEIGHT: i32 = 7 * PITCH / 2;
/// Radius of a stage among the seats. With less than the minimum it is only a dot.
const RADIUS_MIN: i32 = 2 * PITCH;
const RADIUS_MAX: i32 = 12 * PITCH;
/// Number of general admission boxes per line.
pub const BOXES_PER_LINE: usize = 3;

/// A position or a direction in the drawing: x and y.
pub type Vector = (f64, f64);

/// Sizes and positions of the parts of the drawing.
pub struct Frame {
    /// Usual distance of neighbouring seats in the layout, in layout units.
    usual_pitch: i32,
    /// Font size of the header.
    pub em: i32,
    pub left: i32,
    pub width: i32,
    pub top: i32,
    pub bottom: i32,
    pub stage: Stage,
    /// Top of the general admission boxes.
    pub boxes_top: i32,
}

/// Position and form of the stage.
pub enum Stage {
    /// A platform above or below all seats. `edge` is the y coordinate of the edge that is next to the seats.
    Platform { x: i32, edge: i32, width: i32, height: i32, above: bool },
    /// A circle between or beside the seats.
    Ring { at: Point, radius: i32 },
    /// No stage, because there are no seats.
    Nowhere,
}

/// A bounding box.
#[derive(Clone, Copy)]
struct Bounds {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Frame {
    pub fn new(picture: &Picture) -> Self {
        let layout = picture.layout;
        let usual_pitch = usual_pitch(layout);
        let positions: Vec<Point> =
            layout.seats().iter().map(|seat| rounded_position(seat.position, usual_pitch)).collect();
        let seats = Bounds::from_points(&positions);
        let em = header_font_size(seats);
        let stage = seats.map_or(Stage::Nowhere, |seats| {
            Stage::new(rounded_position(layout.focal_point(), usual_pitch), &positions, seats, em)
        });

        let seats_and_stage =
            seats.map_or(Bounds::NOTHING, |seats| seats.expanded(MARGIN).union(stage.bounds().expanded(PITCH)));
        let width = (seats_and_stage.right - seats_and_stage.left).max(WIDTH_MIN);
        let left = seats_and_stage.left + (seats_and_stage.right - seats_and_stage.left) / 2 - width / 2;
        let top = seats_and_stage.top - super::header::height(layout, em);
        let boxes_top = seats_and_stage.bottom;
        let bottom = boxes_top + super::general_admission::height(layout, em) + em;
        Self { usual_pitch, em, left, width, top, bottom, stage, boxes_top }
    }

    /// Position in the drawing of a point of the layout, not rounded.
    pub fn position(&self, at: Point) -> Vector {
        let scale = f64::from(PITCH) / f64::from(self.usual_pitch);
        (f64::from(at.x) * scale, f64::from(at.y) * scale)
    }
}

/// Position in the drawing of a point of the layout, rounded.
fn rounded_position(at: Point, usual_pitch: i32) -> Point {
    // Rounds half up, also for negative numbers. Cannot overflow, because coordinates are limited by COORDINATE_MAX.
    let round = |length: i32| (2 * length * PITCH + usual_pitch).div_euclid(2 * usual_pitch);
    Point { x: round(at.x), y: round(at.y) }
}

/// Font size of the header. It grows with the width of the seats, so that it is readable when the whole drawing is
/// visible.
fn header_font_size(seats: Option<Bounds>) -> i32 {
    let width = seats.map_or(0, |seats| seats.right - seats.left + 2 * MARGIN);
    (width / 52).max(PITCH)
}

impl Stage {
    /// The stage at the focal point. If that is far away from the seats, it is moved nearer, or the seats would be
    /// tiny.
    fn new(focal_point: Point, positions: &[Point], seats: Bounds, em: i32) -> Self {
        let (width, height) = (((seats.right - seats.left) / 2).max(10 * PITCH), 2 * em);
        let distance_max = (seats.right - seats.left).max(seats.bottom - seats.top).max(10 * PITCH) / 4;
        let Point { x, y } = focal_point;
        let along = x.clamp(seats.left, seats.right);
        if y <= seats.top {
            let edge = y.clamp(seats.top - SECTION_NAME_HEIGHT - distance_max, seats.top - SECTION_NAME_HEIGHT);
            return Self::Platform { x: along, edge, width, height, above: true };
        }
        if y >= seats.bottom {
            let edge = y.clamp(seats.bottom + SECTION_NAME_HEIGHT, seats.bottom + SECTION_NAME_HEIGHT + distance_max);
            return Self::Platform { x: along, edge, width, height, above: false };
        }
        let at = Point {
            x: x.clamp(
                seats.left - SECTION_NAME_HEIGHT - distance_max,
                seats.right + SECTION_NAME_HEIGHT + distance_max,
            ),
            y,
        };
        let nearest = positions.iter().map(|position| position.distance(at)).min();
        let free_radius = nearest.and_then(|nearest| i32::try_from(nearest).ok()).unwrap_or(0) - SECTION_NAME_HEIGHT;
        let radius = if free_radius < RADIUS_MIN { PITCH / 3 } else { free_radius.min(RADIUS_MAX) };
        Self::Ring { at, radius }
    }

    fn bounds(&self) -> Bounds {
        match *self {
            Self::Platform { x, edge, width, height, above } => {
                let back = if above { edge - height } else { edge + height };
                Bounds { left: x - width / 2, top: edge.min(back), right: x + width / 2, bottom: edge.max(back) }
            }
            Self::Ring { at: Point { x, y }, radius } => {
                Bounds { left: x, top: y, right: x, bottom: y }.expanded(radius)
            }
            Self::Nowhere => Bounds::NOTHING,
        }
    }
}

impl Bounds {
    const NOTHING: Self = Self { left: 0, top: 0, right: 0, bottom: 0 };

    /// The bounding box of points; `None` without points.
    fn from_points(positions: &[Point]) -> Option<Self> {
        let (first, others) = positions.split_first()?;
        let at = |point: &Point| Self { left: point.x, top: point.y, right: point.x, bottom: point.y };
        Some(others.iter().map(at).fold(at(first), Self::union))
    }

    fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn expanded(self, margin: i32) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }
}

/// Usual distance of seats in layout units, at least 1: the smaller one of the usual distance within rows and the usual
/// distance between rows.
///
/// For example, in a layout with 55 cm from seat to seat and 90 cm from row to row, it is 55. An aisle, or a gap between
/// sections, does not change it.
fn usual_pitch(layout: &Layout) -> i32 {
    let pitches = [median(distances_in_rows(layout)), median(distances_between_rows(layout))];
    let usable = pitches.into_iter().flatten().filter(|pitch| *pitch > 0);
    usable.min().unwrap_or(SEAT_PITCH)
}

/// Distances of successive seats of a row, for all rows.
fn distances_in_rows(layout: &Layout) -> Vec<u32> {
    let mut distances = Vec::new();
    for row in layout.rows() {
        for pair in layout.seats()[row.seats.clone()].windows(2) {
            distances.push(pair[0].position.distance(pair[1].position));
        }
    }
    distances
}

/// Distances of the first seats of successive rows, for all sections.
fn distances_between_rows(layout: &Layout) -> Vec<u32> {
    let first_position = |row: &Row| layout.seats()[row.seats.start].position;
    let mut distances = Vec::new();
    for section in layout.sections() {
        let SectionKind::Seated { rows } = &section.kind else { continue };
        for pair in layout.rows()[rows.clone()].windows(2) {
            distances.push(first_position(&pair[0]).distance(first_position(&pair[1])));
        }
    }
    distances
}

/// The middle one of the distances; the upper one of two middle ones. `None` if there are no distances.
fn median(mut distances: Vec<u32>) -> Option<i32> {
    if distances.is_empty() {
        return None;
    }
    let middle = distances.len() / 2;
    let (_, median, _) = distances.select_nth_unstable(middle);
    i32::try_from(*median).ok()
}
