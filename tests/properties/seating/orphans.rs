//! The rule for selections by hand: no seat is left alone without need.

use boxoffice::domain::seating::{SeatIndex, SeatPicker};
use proptest::collection::vec;
use proptest::prelude::any;

use super::examples::house;
use super::for_all;
use super::small_house::small_houses;

const NOBODY: [u32; 0] = [];

/// Of the first row, counted from 1.
fn left_by(picker: &mut SeatPicker, selection: &[u32]) -> Vec<u32> {
    let selection: Vec<SeatIndex> = selection.iter().map(|seat| SeatIndex(seat - 1)).collect();
    picker.orphans_left_by(&selection).into_iter().map(|seat| seat.0 + 1).collect()
}

#[test]
fn a_selection_beside_a_gap_of_one_seat_names_the_seat_that_it_leaves_alone() {
    let mut picker = house("rows A, 1-8").picker();
    assert_eq!(left_by(&mut picker, &[2, 3]), [1]);
    assert_eq!(left_by(&mut picker, &[1, 3]), [2]);
    assert_eq!(left_by(&mut picker, &[2, 7]), [1, 8]);
    assert_eq!(left_by(&mut picker, &[1, 2]), NOBODY);
    assert_eq!(left_by(&mut picker, &[3, 4]), NOBODY);
}

#[test]
fn a_seat_that_was_alone_before_counts_against_nobody() {
    let mut picker = house("rows A, 1-8").with_taken(&["A2"]);
    assert_eq!(left_by(&mut picker, &[3, 4]), NOBODY);
}

#[test]
fn an_aisle_leaves_the_seats_on_its_other_side_out_of_it() {
    let mut picker = house("rows A, 1-8, aisle after 4").picker();
    assert_eq!(left_by(&mut picker, &[5, 6]), NOBODY);
    assert_eq!(left_by(&mut picker, &[2, 3]), [1, 4]);
}

#[test]
fn a_group_may_have_all_but_one_of_the_only_run_that_is_left() {
    let mut picker = house("rows A, 1-4").picker();
    assert_eq!(left_by(&mut picker, &[1, 2, 3]), NOBODY);
    assert_eq!(left_by(&mut picker, &[2, 3, 4]), NOBODY);
}

#[test]
fn the_same_is_refused_as_long_as_another_row_of_the_section_would_do() {
    let mut picker = house("rows A-B, 1-4").picker();
    assert_eq!(left_by(&mut picker, &[1, 2]), NOBODY);
    // Three of four leave one in either row.
    assert_eq!(left_by(&mut picker, &[1, 2, 3]), NOBODY);
    let mut picker = house("rows A, 1-4; rows B, 1-5").picker();
    assert_eq!(left_by(&mut picker, &[1, 2, 3]), [4]);
}

#[test]
fn both_seats_count_where_one_of_them_could_have_been_spared() {
    let mut picker = house("rows A, 1-5").with_taken(&["A5"]);
    // Two of four: at one end there would be none, in the middle there are two.
    assert_eq!(left_by(&mut picker, &[2, 3]), [1, 4]);
}

#[test]
fn nobody_is_sent_to_an_accessible_seat_who_chose_an_ordinary_one() {
    let mut picker = house("rows A, 1-3; rows B, 1-2, accessible B1-B2").picker();
    assert_eq!(left_by(&mut picker, &[1, 2]), NOBODY);
}

#[test]
fn what_is_taken_already_is_not_judged() {
    let mut picker = house("rows A, 1-4").with_taken(&["A2"]);
    assert_eq!(left_by(&mut picker, &[2, 9, 10]), NOBODY);
}

#[test]
fn selections_are_judged_as_the_rule_says() {
    let selections = (small_houses(), vec(any::<u8>(), 1..8));
    for_all("selections_are_judged_as_the_rule_says", 4_000, &selections, |(house, selected)| {
        let model = house.model();
        let mut selected: Vec<usize> = selected.iter().map(|byte| usize::from(*byte) % model.seats.len()).collect();
        let asked: Vec<SeatIndex> = selected.iter().map(|seat| SeatIndex(*seat as u32)).collect();
        let answer = model.picker(&model.event_seats()).orphans_left_by(&asked);
        selected.sort_unstable();
        selected.dedup();
        let expected = model.orphans_left_by(&selected);
        let answer: Vec<usize> = answer.into_iter().map(SeatIndex::at).collect();
        if answer == expected { Ok(()) } else { Err(format!("{selected:?} leave {expected:?}, not {answer:?}")) }
    });
}

/// Whoever takes what best available gives is never refused for its orphans.
#[test]
fn a_pick_of_neighbours_is_never_refused_as_a_selection() {
    let wishes = (small_houses(), any::<(u8, u8)>());
    for_all("a_pick_of_neighbours_is_never_refused", 2_000, &wishes, |(house, (size, limits))| {
        let model = house.model();
        let mut picker = model.picker(&model.event_seats());
        let wanted = super::small_house::wanted(size % 7, limits);
        let Ok(group) = picker.pick(&wanted) else { return Ok(()) };
        let reserved = |seat: &SeatIndex| model.seats[seat.at()].accessible || model.seats[seat.at()].companion;
        // Who asks for accessible seats may be given fewer choices than who clicks on them.
        if wanted.section.is_some() && !group.iter().any(reserved) && !picker.orphans_left_by(&group).is_empty() {
            return Err(format!("{group:?} was picked and is refused"));
        }
        Ok(())
    });
}
