//! Picks compared with the model's, with seats taken and freed between them.

use std::collections::BTreeMap;

use boxoffice_engine::seating::{GroupRequest, LargestAvailable, SeatIndex, SeatPicker, Together};
use proptest::collection::vec;
use proptest::prelude::any;
use test_support::cases::{draw_value, for_all_values};

use super::model::Model;
use super::small_house::{small_venues, wanted};

/// Step of a history: action, size or seat, and limits of the request.
type Step = (u8, u8, u8);

#[test]
fn a_pick_is_what_trying_everything_gives_whatever_was_taken_and_freed_before() {
    let histories = (small_venues(), vec(any::<Step>(), 0..40));
    for_all_values("a_pick_is_what_trying_everything_gives", 600, &histories, |(venue, steps)| {
        let mut model = venue.model();
        let mut picker = model.picker(&model.event_seats());
        for (action, number, limits) in steps {
            let wanted = wanted(number, limits);
            let group = check_pick(&model, &mut picker, &wanted)?;
            match action % 4 {
                0 => group.iter().try_for_each(|seat| change(&mut model, &mut picker, *seat, false))?,
                1 => {
                    let seat = usize::from(action / 4) * 256 + usize::from(number);
                    let seat = seat % model.seats.len();
                    let free = !model.seats[seat].free;
                    change(&mut model, &mut picker, seat, free)?;
                }
                _ => {}
            }
        }
        Ok(())
    });
}

#[test]
fn a_pick_meets_every_requirement_that_needs_no_ranking() {
    let requests = (small_venues(), any::<(u8, u8)>());
    for_all_values("a_pick_meets_every_requirement", 2_000, &requests, |(venue, (size, limits))| {
        let model = venue.model();
        let wanted = wanted(size, limits);
        let Ok(group) = model.picker(&model.event_seats()).pick(&wanted) else { return Ok(()) };
        let group: Vec<usize> = group.into_iter().map(SeatIndex::as_usize).collect();
        let seat = |at: usize| &model.seats[at];
        let require =
            |requirement: &str, met: bool| if met { Ok(()) } else { Err(format!("{requirement}: {group:?}")) };
        let all = |is: &dyn Fn(usize) -> bool| group.iter().all(|at| is(*at));
        let first = seat(group[0]);
        require("as many as wanted", group.len() == wanted.size.get() as usize)?;
        require("each once and in order", group.is_sorted_by(|one, other| one < other))?;
        require("free", all(&|at| seat(at).free))?;
        require(
            "of one section and pool",
            all(&|at| seat(at).section == first.section && seat(at).pool == first.pool),
        )?;
        require("of the section", wanted.section.is_none_or(|section| usize::from(section.0) == first.section))?;
        require("of the pool", wanted.pool.is_none_or(|pool| pool.0 == first.pool))?;
        let neighbours = group.windows(2).all(|pair| model.right_of(pair[0]) == Some(pair[1]));
        require("neighbours", wanted.together != Together::Strict || neighbours)?;
        require("in a row", wanted.together == Together::Nearby || all(&|at| seat(at).row == first.row))?;
        require("accessible", !wanted.accessible || group.iter().any(|at| seat(*at).accessible))?;
        require(
            "accessible and companion seats only",
            !wanted.accessible || all(&|at| seat(at).accessible || seat(at).companion),
        )
    });
}

/// A property proves nothing about cases that its random requests never produce.
#[test]
fn random_requests_meet_every_kind_of_answer_often() {
    const REQUESTS: u64 = 3_000;
    const OFTEN_ENOUGH: usize = 20;
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut meet = |name, when: bool| *met.entry(name).or_default() += usize::from(when);
    for seed in 0..REQUESTS {
        let (venue, (size, limits)) = draw_value(&(small_venues(), any::<(u8, u8)>()), seed);
        let (model, wanted) = (venue.model(), wanted(size, limits));
        match model.pick(&wanted) {
            Err(most) => {
                meet("no seat possible", most == 0);
                meet("a smaller group possible", most > 1);
            }
            Ok(group) => {
                let seats = || group.iter().map(|seat| &model.seats[*seat]);
                let neighbours = group.windows(2).all(|pair| model.right_of(pair[0]) == Some(pair[1]));
                let row = seats().all(|seat| seat.row == model.seats[group[0]].row);
                meet("neighbours", neighbours && group.len() > 2);
                meet("apart in a row", !neighbours && row && wanted.together == Together::Row);
                meet("in nearby rows", !row);
                meet("accessible", wanted.accessible && group.len() > 1);
                meet("reserved seats as the last ones", !wanted.accessible && seats().any(|seat| seat.companion));
                meet("orphans left", !model.new_orphans(&group).is_empty());
                meet("limited", wanted.section.is_some() && wanted.pool.is_some());
            }
        }
    }
    let seldom: Vec<_> = met.iter().filter(|(_, times)| **times < OFTEN_ENOUGH).collect();
    assert!(seldom.is_empty(), "met seldom: {seldom:?}");
}

/// Compares the model with the picker that has seen all changes, and with a new picker.
fn check_pick(model: &Model, picker: &mut SeatPicker, wanted: &GroupRequest) -> Result<Vec<usize>, String> {
    let expected = model.pick(wanted);
    let mut new_picker = model.picker(picker.event_seats());
    for (name, answer) in [("the picker", picker.pick(wanted)), ("a new picker", new_picker.pick(wanted))] {
        let answer = answer.map(|group| group.into_iter().map(SeatIndex::as_usize).collect::<Vec<_>>());
        let answer = answer.map_err(|LargestAvailable(most)| most as usize);
        if answer != expected {
            return Err(format!("{wanted:?}\n  must be answered {expected:?}\n  and {name} said {answer:?}"));
        }
    }
    Ok(expected.unwrap_or_default())
}

fn change(model: &mut Model, picker: &mut SeatPicker, seat: usize, free: bool) -> Result<(), String> {
    let index = SeatIndex(seat as u32);
    let changed = if free { picker.free(index) } else { picker.take(index) };
    let again = if free { picker.free(index) } else { picker.take(index) };
    model.seats[seat].free = free;
    if changed && !again && picker.is_free(index) == free {
        Ok(())
    } else {
        Err(format!("seat {seat} was not {}", if free { "freed once" } else { "taken once" }))
    }
}
