//! Plain examples of best available.

use std::ops::RangeInclusive;
use std::sync::Arc;

use boxoffice_engine::seating::{
    EventSeats, GroupRequest, GroupSize, LargestAvailable, Layout, LayoutDraft, PoolNumber, SeatIndex, SeatPicker,
    SectionDraft, SectionIndex, Together,
};

/// Event seats of a hall with one section, made from a description.
pub struct Hall(Arc<EventSeats>);

pub fn hall(description: &str) -> Hall {
    hall_with_pools(description, |_| 0)
}

fn hall_with_pools(description: &str, pool_of: impl Fn(SeatIndex) -> u16) -> Hall {
    let section = SectionDraft {
        name: "Stalls".to_owned(),
        description: Some(description.to_owned()),
        ..SectionDraft::default()
    };
    let layout = LayoutDraft { focal_point: None, sections: vec![section] };
    let layout = Layout::try_from(layout).expect("the description is a good one");
    Hall(Arc::new(EventSeats::new(Arc::new(layout), |seat| PoolNumber(pool_of(seat)))))
}

impl Hall {
    pub fn picker(&self) -> SeatPicker {
        SeatPicker::new(Arc::clone(&self.0))
    }

    /// Picker with these seats taken, named as `A12`.
    pub fn picker_with_taken(&self, seats: &[&str]) -> SeatPicker {
        let mut picker = self.picker();
        for name in seats {
            let seat = (0..).map(SeatIndex).find(|seat| self::name(&picker, *seat) == *name);
            assert!(picker.take(seat.expect("the search ends with the seat")), "{name} was free");
        }
        picker
    }
}

fn name(picker: &SeatPicker, seat: SeatIndex) -> String {
    let layout = picker.event_seats().layout();
    let seat = &layout.seats()[seat.as_usize()];
    format!("{}{}", layout.rows()[seat.row].label, seat.number)
}

fn group(size: i64, together: Together) -> GroupRequest {
    let size = GroupSize::new(size).expect("it is a size");
    GroupRequest { size, together, section: None, pool: None, accessible: false }
}

fn pick(picker: &mut SeatPicker, wanted: &GroupRequest) -> Result<Vec<String>, LargestAvailable> {
    let group = picker.pick(wanted)?;
    Ok(group.into_iter().map(|seat| name(picker, seat)).collect())
}

fn names(seats: &[&str]) -> Result<Vec<String>, LargestAvailable> {
    Ok(seats.iter().map(|seat| (*seat).to_owned()).collect())
}

#[test]
fn a_group_gets_the_seats_nearest_to_the_focal_point() {
    let mut picker = hall("rows A-C, 1-9").picker();
    assert_eq!(pick(&mut picker, &group(3, Together::Strict)), names(&["A4", "A5", "A6"]));
}

#[test]
fn a_pick_takes_nothing_and_the_same_hall_gives_the_same_seats() {
    let mut picker = hall("rows A-C, 1-10").picker();
    let first = pick(&mut picker, &group(2, Together::Nearby));
    assert_eq!(pick(&mut picker, &group(2, Together::Nearby)), first);
}

#[test]
fn neighbours_have_no_aisle_between_them() {
    let mut picker = hall("rows A-B, 1-4, aisle after 2").picker();
    assert_eq!(pick(&mut picker, &group(2, Together::Strict)), names(&["A1", "A2"]));
    assert_eq!(pick(&mut picker, &group(3, Together::Strict)), Err(LargestAvailable(2)));
}

#[test]
fn a_group_in_one_row_sits_across_an_aisle_only_if_there_are_no_neighbours() {
    let mut picker = hall("rows A-B, 1-4, aisle after 2").picker();
    assert_eq!(pick(&mut picker, &group(2, Together::Row)), names(&["A1", "A2"]));
    assert_eq!(pick(&mut picker, &group(4, Together::Row)), names(&["A1", "A2", "A3", "A4"]));
    assert_eq!(pick(&mut picker, &group(5, Together::Row)), Err(LargestAvailable(4)));
}

#[test]
fn a_group_in_nearby_rows_sits_one_behind_the_other_only_if_there_are_no_neighbours() {
    let mut picker = hall("rows A-D, 1-3").picker_with_taken(&["A1", "A2", "A3", "B2", "C2", "D2", "D3"]);
    assert_eq!(pick(&mut picker, &group(2, Together::Nearby)), names(&["B1", "C1"]));
    assert_eq!(pick(&mut picker, &group(5, Together::Nearby)), names(&["B1", "B3", "C1", "C3", "D1"]));
    assert_eq!(pick(&mut picker, &group(6, Together::Nearby)), Err(LargestAvailable(5)));
}

#[test]
fn no_seat_is_left_alone_where_that_can_be_avoided_even_if_farther_seats_are_given() {
    let mut picker = hall("rows A-B, 1-5").picker();
    // In the middle of a row they would leave an orphan on each side.
    assert_eq!(pick(&mut picker, &group(3, Together::Strict)), names(&["A1", "A2", "A3"]));
    let mut picker = hall("rows A, 1-3; rows B, 1-2").picker();
    assert_eq!(pick(&mut picker, &group(2, Together::Strict)), names(&["B1", "B2"]));
}

#[test]
fn a_seat_is_left_alone_when_every_choice_leaves_one() {
    let mut picker = hall("rows A-B, 1-3").picker();
    assert_eq!(pick(&mut picker, &group(2, Together::Strict)), names(&["A1", "A2"]));
}

#[test]
fn a_group_is_not_pulled_apart_to_save_a_seat_from_being_alone() {
    let mut picker = hall("rows A, 1-3; rows B, 1-4").picker_with_taken(&["B2", "B3"]);
    assert_eq!(pick(&mut picker, &group(2, Together::Row)), names(&["A1", "A2"]));
}

#[test]
fn accessible_seats_are_given_to_others_only_when_nothing_else_is_left() {
    let mut picker = hall("rows A-B, 1-4, accessible A1-A3, companion A4").picker();
    assert_eq!(pick(&mut picker, &group(2, Together::Strict)), names(&["B1", "B2"]));
    // Adjacent seats in front would be reserved ones; a group that may sit apart does not use them.
    let mut picker = hall("rows A-B, 1-4, accessible A1-A3, companion A4").picker_with_taken(&["B2", "B3"]);
    assert_eq!(pick(&mut picker, &group(2, Together::Row)), names(&["B1", "B4"]));
    assert_eq!(pick(&mut picker, &group(2, Together::Strict)), names(&["A1", "A2"]));
}

#[test]
fn a_request_for_accessible_seats_gets_one_with_companion_seats_beside_it() {
    let mut picker = hall("rows A-B, 1-6, accessible B5, companion B4 and B6").picker();
    let wanted = |size| GroupRequest { accessible: true, ..group(size, Together::Strict) };
    assert_eq!(pick(&mut picker, &wanted(1)), names(&["B5"]));
    // With B4, B6 would be left alone.
    assert_eq!(pick(&mut picker, &wanted(2)), names(&["B5", "B6"]));
    assert_eq!(pick(&mut picker, &wanted(3)), names(&["B4", "B5", "B6"]));
    assert_eq!(pick(&mut picker, &wanted(4)), Err(LargestAvailable(3)));
}

#[test]
fn a_request_for_a_section_or_a_pool_is_limited_to_it_and_no_group_is_in_two_pools() {
    let mut picker = hall_with_pools("rows A-B, 1-4", |seat| u16::from(seat.0 >= 3)).picker();
    let of_pool = |pool, size| GroupRequest { pool: Some(PoolNumber(pool)), ..group(size, Together::Strict) };
    assert_eq!(pick(&mut picker, &of_pool(0, 3)), names(&["A1", "A2", "A3"]));
    assert_eq!(pick(&mut picker, &of_pool(0, 4)), Err(LargestAvailable(3)));
    assert_eq!(pick(&mut picker, &group(4, Together::Strict)), names(&["B1", "B2", "B3", "B4"]));
    assert_eq!(pick(&mut picker, &of_pool(7, 1)), Err(LargestAvailable(0)));
    let elsewhere = GroupRequest { section: Some(SectionIndex(1)), ..group(1, Together::Strict) };
    assert_eq!(pick(&mut picker, &elsewhere), Err(LargestAvailable(0)));
}

#[test]
fn a_sold_out_hall_gives_nothing_and_a_seat_that_comes_back_is_given_again() {
    let mut picker = hall("rows A, 1-2").picker_with_taken(&["A1", "A2"]);
    for together in [Together::Strict, Together::Row, Together::Nearby] {
        assert_eq!(pick(&mut picker, &group(1, together)), Err(LargestAvailable(0)));
    }
    assert!(picker.free(SeatIndex(1)));
    assert_eq!(pick(&mut picker, &group(1, Together::Nearby)), names(&["A2"]));
}

#[test]
fn a_seat_that_does_not_exist_can_neither_be_taken_nor_freed() {
    let mut picker = hall("rows A, 1-2").picker();
    assert!(!picker.take(SeatIndex(2)) && !picker.free(SeatIndex(2)) && !picker.is_free(SeatIndex(2)));
}

#[test]
fn companion_seats_without_an_accessible_one_beside_them_serve_no_accessible_request() {
    let mut picker = hall("rows A, 1-7, accessible A1 and A7, companion A3-A5").picker();
    let wanted = |size, together| GroupRequest { accessible: true, ..group(size, together) };
    assert_eq!(pick(&mut picker, &wanted(2, Together::Strict)), Err(LargestAvailable(1)));
    assert_eq!(pick(&mut picker, &wanted(2, Together::Row)), names(&["A1", "A3"]));
    assert!(picker.take(SeatIndex(0)) && picker.take(SeatIndex(6)));
    for together in [Together::Strict, Together::Row, Together::Nearby] {
        assert_eq!(pick(&mut picker, &wanted(2, together)), Err(LargestAvailable(0)));
    }
}

#[test]
fn a_seat_that_comes_back_two_rows_away_counts_for_a_group_in_nearby_rows() {
    let hall = hall("rows A-Z, 1");
    let mut picker = hall.picker();
    (0..26).map(SeatIndex).for_each(|seat| assert!(picker.take(seat)));
    for (row, most) in [(10, 1), (12, 2), (14, 3), (7, 3), (11, 4)] {
        assert!(picker.free(SeatIndex(row)));
        assert_eq!(pick(&mut picker, &group(9, Together::Nearby)), Err(LargestAvailable(most)), "with row {row}");
    }
}

/// Takes and frees random seats. After some changes, compares the picks of this picker with those of a new one, for the
/// sizes that `sizes_after` gives.
fn check_against_new_picker(hall: &Hall, changes: u32, sizes_after: impl Fn(u32) -> Option<RangeInclusive<i64>>) {
    let mut picker = hall.picker();
    let seats = picker.event_seats().layout().seats().len() as u32;
    let mut random = 88_172_645_463_325_252_u64;
    for change in 1..=changes {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let seat = SeatIndex((random >> 32) as u32 % seats);
        assert!(if picker.is_free(seat) { picker.take(seat) } else { picker.free(seat) });
        let Some(sizes) = sizes_after(change) else { continue };
        let mut new = hall.picker();
        (0..seats).map(SeatIndex).filter(|seat| !picker.is_free(*seat)).for_each(|seat| assert!(new.take(seat)));
        for (size, together) in sizes.flat_map(|size| [(size, Together::Row), (size, Together::Nearby)]) {
            let wanted = GroupRequest { accessible: change % 180 == 0, ..group(size, together) };
            assert_eq!(picker.pick(&wanted), new.pick(&wanted), "{wanted:?} after {change} changes");
        }
    }
}

#[test]
fn a_picker_that_has_seen_ten_thousand_changes_answers_as_a_new_one() {
    let hall = hall("rows 1-400, 1-9, aisle after 4, accessible 200/1-9");
    check_against_new_picker(&hall, 10_000, |change| match change {
        // So seldom that the picker no longer remembers the single changes.
        _ if change % 2_100 == 0 => Some(7..=8),
        _ if change % 60 == 0 => Some(1..=6),
        _ => None,
    });
}

#[test]
fn a_picker_that_was_asked_for_every_size_answers_as_a_new_one() {
    let hall = hall("rows 1-9, 1-250, aisle after 110, accessible 5/1-90");
    check_against_new_picker(&hall, 60, |change| change.is_multiple_of(4).then_some(1..=100));
}
