//! Single-seat rule for seats that a client selects: no seat is left alone without need.

use boxoffice_engine::seating::{SeatIndex, SeatPicker};
use proptest::collection::vec;
use proptest::prelude::any;
use test_support::cases::for_all_values;

use super::examples::hall;
use super::small_house::small_venues;

const NO_ORPHANS: [u32; 0] = [];

/// Orphans of a selection; seats are counted from 1 over all rows.
fn left_by(picker: &mut SeatPicker, selection: &[u32]) -> Vec<u32> {
    let selection: Vec<SeatIndex> = selection.iter().map(|seat| SeatIndex(seat - 1)).collect();
    picker.avoidable_orphans(&selection).into_iter().map(|seat| seat.0 + 1).collect()
}

#[test]
fn a_selection_beside_a_gap_of_one_seat_names_the_seat_that_it_leaves_alone() {
    let mut picker = hall("rows A, 1-8").picker();
    assert_eq!(left_by(&mut picker, &[2, 3]), [1]);
    assert_eq!(left_by(&mut picker, &[1, 3]), [2]);
    assert_eq!(left_by(&mut picker, &[2, 7]), [1, 8]);
    assert_eq!(left_by(&mut picker, &[1, 2]), NO_ORPHANS);
    assert_eq!(left_by(&mut picker, &[3, 4]), NO_ORPHANS);
}

#[test]
fn a_seat_that_was_alone_before_is_no_orphan_of_the_selection() {
    let mut picker = hall("rows A, 1-8").picker_with_taken(&["A2"]);
    assert_eq!(left_by(&mut picker, &[3, 4]), NO_ORPHANS);
}

#[test]
fn an_aisle_ends_a_run_of_adjacent_seats() {
    let mut picker = hall("rows A, 1-8, aisle after 4").picker();
    assert_eq!(left_by(&mut picker, &[5, 6]), NO_ORPHANS);
    assert_eq!(left_by(&mut picker, &[2, 3]), [1, 4]);
}

#[test]
fn a_group_may_have_all_but_one_of_the_only_run_that_is_left() {
    let mut picker = hall("rows A, 1-4").picker();
    assert_eq!(left_by(&mut picker, &[1, 2, 3]), NO_ORPHANS);
    assert_eq!(left_by(&mut picker, &[2, 3, 4]), NO_ORPHANS);
}

#[test]
fn an_orphan_is_refused_while_another_row_of_the_section_would_leave_none() {
    let mut picker = hall("rows A-B, 1-4").picker();
    assert_eq!(left_by(&mut picker, &[1, 2]), NO_ORPHANS);
    // In either row, three of four seats leave one.
    assert_eq!(left_by(&mut picker, &[1, 2, 3]), NO_ORPHANS);
    let mut picker = hall("rows A, 1-4; rows B, 1-5").picker();
    assert_eq!(left_by(&mut picker, &[1, 2, 3]), [4]);
}

#[test]
fn all_orphans_count_where_fewer_were_possible() {
    let mut picker = hall("rows A, 1-5").picker_with_taken(&["A5"]);
    // Two of four free seats: at one end they leave no orphan, in the middle two.
    assert_eq!(left_by(&mut picker, &[2, 3]), [1, 4]);
}

#[test]
fn a_selection_of_ordinary_seats_is_not_compared_with_accessible_ones() {
    let mut picker = hall("rows A, 1-3; rows B, 1-2, accessible B1-B2").picker();
    assert_eq!(left_by(&mut picker, &[1, 2]), NO_ORPHANS);
}

#[test]
fn seats_that_are_already_taken_are_ignored() {
    let mut picker = hall("rows A, 1-4").picker_with_taken(&["A2"]);
    assert_eq!(left_by(&mut picker, &[2, 9, 10]), NO_ORPHANS);
}

#[test]
fn orphans_of_a_selection_are_the_models() {
    let selections = (small_venues(), vec(any::<u8>(), 1..8));
    for_all_values("orphans_of_a_selection_are_the_models", 4_000, &selections, |(venue, selected)| {
        let model = venue.model();
        let mut selected: Vec<usize> = selected.iter().map(|byte| usize::from(*byte) % model.seats.len()).collect();
        let selection: Vec<SeatIndex> = selected.iter().map(|seat| SeatIndex(*seat as u32)).collect();
        let answer = model.picker(&model.event_seats()).avoidable_orphans(&selection);
        selected.sort_unstable();
        selected.dedup();
        let expected = model.avoidable_orphans(&selected);
        let answer: Vec<usize> = answer.into_iter().map(SeatIndex::as_usize).collect();
        if answer == expected { Ok(()) } else { Err(format!("{selected:?} leave {expected:?}, not {answer:?}")) }
    });
}

/// The seats that best available gives are never refused for their orphans when a client selects them.
#[test]
fn a_pick_of_neighbours_is_never_refused_as_a_selection() {
    let requests = (small_venues(), any::<(u8, u8)>());
    for_all_values("a_pick_of_neighbours_is_never_refused", 2_000, &requests, |(venue, (size, limits))| {
        let model = venue.model();
        let mut picker = model.picker(&model.event_seats());
        let wanted = super::small_house::wanted(size % 7, limits);
        let Ok(group) = picker.pick(&wanted) else { return Ok(()) };
        let reserved =
            |seat: &SeatIndex| model.seats[seat.as_usize()].accessible || model.seats[seat.as_usize()].companion;
        // A pick of accessible seats has fewer choices than a selection, so it may leave orphans that a selection may
        // not.
        if wanted.section.is_some() && !group.iter().any(reserved) && !picker.avoidable_orphans(&group).is_empty() {
            return Err(format!("{group:?} was picked and is refused"));
        }
        Ok(())
    });
}
