//! Random venues, small enough for a model that tries all groups, and random requests in them.

use std::sync::Arc;

use boxoffice_engine::seating::{
    EventSeats, GroupRequest, GroupSize, LayoutDraft, PointDraft, PoolNumber, RowDraft, SeatDraft, SeatIndex,
    SeatPicker, SectionDraft, SectionIndex, Together,
};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::Strategy;

use super::model::{Model, ModelSeat};

/// Sections of rows of seats; the bits of a byte give the properties of its seat.
#[derive(Clone, Debug)]
pub struct SmallVenue {
    sections: Vec<Vec<Vec<u8>>>,
    focal_point: (i8, i8),
    /// Fraction of taken seats, in quarters: 0 for none, 3 for three quarters.
    crowd: u8,
}

pub fn small_venues() -> impl Strategy<Value = SmallVenue> {
    let sections = vec(vec(vec(any::<u8>(), 1..11), 1..7), 1..4);
    (sections, any::<(i8, i8)>(), 0..4_u8).prop_map(|(sections, focal_point, crowd)| SmallVenue {
        sections,
        focal_point,
        crowd,
    })
}

impl SmallVenue {
    /// Model of the venue, with some seats taken.
    pub fn model(&self) -> Model {
        let focal_point = (i64::from(self.focal_point.0) * 4, i64::from(self.focal_point.1) * 4);
        let mut seats = Vec::new();
        let mut row = 0;
        for (section, rows) in self.sections.iter().enumerate() {
            for numbers in rows {
                for (position, byte) in numbers.iter().enumerate() {
                    let bits = |from: u32, count: u32| (byte >> from) & ((1 << count) - 1);
                    seats.push(ModelSeat {
                        section,
                        row,
                        // Uneven, so that distances are rarely equal; rows are closer to each other than seats.
                        x: position as i64 * 55 + (row % 3) as i64 * 17,
                        y: row as i64 * 40,
                        pool: u16::from(bits(6, 2) == 3),
                        accessible: bits(2, 3) == 7,
                        companion: bits(2, 3) == 6,
                        aisle_after: bits(3, 3) == 1,
                        free: bits(0, 2) >= self.crowd,
                    });
                }
                row += 1;
            }
        }
        Model { seats, focal_point }
    }
}

impl Model {
    /// The same seats in the form of the tested code.
    pub fn event_seats(&self) -> Arc<EventSeats> {
        let layout = self.draft().try_into().expect("the venue is small and well-formed");
        Arc::new(EventSeats::new(Arc::new(layout), |seat| PoolNumber(self.seats[seat.as_usize()].pool)))
    }

    /// New picker with the taken seats of the model.
    pub fn picker(&self, event_seats: &Arc<EventSeats>) -> SeatPicker {
        let mut picker = SeatPicker::new(Arc::clone(event_seats));
        for (seat, _) in self.seats.iter().enumerate().filter(|(_, seat)| !seat.free) {
            assert!(picker.take(SeatIndex(seat as u32)), "the seat was free");
        }
        picker
    }

    pub fn draft(&self) -> LayoutDraft {
        let mut sections: Vec<SectionDraft> = Vec::new();
        for (at, seat) in self.seats.iter().enumerate() {
            if sections.len() == seat.section {
                let name = format!("Section {}", seat.section);
                sections.push(SectionDraft { name, rows: Some(Vec::new()), ..SectionDraft::default() });
            }
            let rows = sections[seat.section].rows.as_mut().expect("it has rows");
            if at == 0 || self.seats[at - 1].row != seat.row {
                rows.push(RowDraft { label: seat.row.to_string(), seats: Vec::new() });
            }
            let words =
                [("accessible", seat.accessible), ("companion", seat.companion), ("aisle_after", seat.aisle_after)];
            rows.last_mut().expect("it has just begun").seats.push(SeatDraft {
                number: at.to_string(),
                x: Some(seat.x),
                y: Some(seat.y),
                attributes: words.iter().filter(|(_, has)| *has).map(|(word, _)| (*word).to_owned()).collect(),
                line: None,
            });
        }
        let (x, y) = self.focal_point;
        LayoutDraft { focal_point: Some(PointDraft { x, y }), sections }
    }
}

/// Request that two random bytes stand for.
pub fn wanted(byte: u8, limits: u8) -> GroupRequest {
    GroupRequest {
        size: GroupSize::new(i64::from(byte % 7) + 1).expect("it is between 1 and 7"),
        together: [Together::Strict, Together::Row, Together::Nearby][usize::from(byte / 7 % 3)],
        section: limits.is_multiple_of(3).then_some(SectionIndex(u16::from(limits / 3 % 3))),
        pool: (limits / 9).is_multiple_of(2).then_some(PoolNumber(u16::from(limits / 18 % 2))),
        accessible: (limits / 36).is_multiple_of(4),
    }
}
