//! Picks: the model's, whatever is taken and freed between them.

use std::collections::BTreeMap;

use boxoffice::domain::seating::{MostPossible, SeatIndex, SeatPicker, Together, Wanted};
use proptest::collection::vec;
use proptest::prelude::any;

use super::model::Model;
use super::small_house::{small_houses, wanted};
use super::{drawn, for_all};

/// One thing that happens in a house.
type Step = (u8, u8, u8);

#[test]
fn a_pick_is_what_trying_everything_gives_whatever_was_taken_and_freed_before() {
    let histories = (small_houses(), vec(any::<Step>(), 0..40));
    for_all("a_pick_is_what_trying_everything_gives", 600, &histories, |(house, steps)| {
        let mut model = house.model();
        let mut picker = model.picker(&model.event_seats());
        for (what, which, limits) in steps {
            let wanted = wanted(which, limits);
            let group = is_the_models(&model, &mut picker, &wanted)?;
            match what % 4 {
                0 => group.iter().try_for_each(|seat| change(&mut model, &mut picker, *seat, false))?,
                1 => {
                    let seat = usize::from(what / 4) * 256 + usize::from(which);
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
fn a_pick_keeps_every_promise_that_can_be_told_without_ranking() {
    let wishes = (small_houses(), any::<(u8, u8)>());
    for_all("a_pick_keeps_every_promise", 2_000, &wishes, |(house, (size, limits))| {
        let model = house.model();
        let wanted = wanted(size, limits);
        let Ok(group) = model.picker(&model.event_seats()).pick(&wanted) else { return Ok(()) };
        let group: Vec<usize> = group.into_iter().map(SeatIndex::at).collect();
        let seat = |at: usize| &model.seats[at];
        let holds = |promise: &str, kept: bool| if kept { Ok(()) } else { Err(format!("{promise}: {group:?}")) };
        let all = |is: &dyn Fn(usize) -> bool| group.iter().all(|at| is(*at));
        let first = seat(group[0]);
        holds("as many as wanted", group.len() == wanted.size.get() as usize)?;
        holds("each once and in order", group.is_sorted_by(|one, other| one < other))?;
        holds("free", all(&|at| seat(at).free))?;
        holds("of one section and pool", all(&|at| seat(at).section == first.section && seat(at).pool == first.pool))?;
        holds("of the section", wanted.section.is_none_or(|section| usize::from(section.0) == first.section))?;
        holds("of the pool", wanted.pool.is_none_or(|pool| pool.0 == first.pool))?;
        let neighbours = group.windows(2).all(|pair| model.right_of(pair[0]) == Some(pair[1]));
        holds("neighbours", wanted.together != Together::Strict || neighbours)?;
        holds("in a row", wanted.together == Together::Nearby || all(&|at| seat(at).row == first.row))?;
        holds("accessible", !wanted.accessible || group.iter().any(|at| seat(*at).accessible))?;
        holds("for those who need it", !wanted.accessible || all(&|at| seat(at).accessible || seat(at).companion))
    });
}

/// A property that is never asked about full houses, or about accessible seats, says nothing about them.
#[test]
fn random_wishes_meet_every_kind_of_answer_often() {
    const WISHES: u64 = 3_000;
    const OFTEN_ENOUGH: usize = 20;
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut meet = |name, when: bool| *met.entry(name).or_default() += usize::from(when);
    for seed in 0..WISHES {
        let (house, (size, limits)) = drawn(&(small_houses(), any::<(u8, u8)>()), seed);
        let (model, wanted) = (house.model(), wanted(size, limits));
        match model.pick(&wanted) {
            Err(most) => {
                meet("nobody can have seats", most == 0);
                meet("fewer could have seats", most > 1);
            }
            Ok(group) => {
                let seats = || group.iter().map(|seat| &model.seats[*seat]);
                let neighbours = group.windows(2).all(|pair| model.right_of(pair[0]) == Some(pair[1]));
                let row = seats().all(|seat| seat.row == model.seats[group[0]].row);
                meet("neighbours", neighbours && group.len() > 2);
                meet("apart in a row", !neighbours && row && wanted.together == Together::Row);
                meet("in nearby rows", !row);
                meet("accessible", wanted.accessible && group.len() > 1);
                meet("the last, though reserved", !wanted.accessible && seats().any(|seat| seat.companion));
                meet("orphans left", !model.new_orphans(&group).is_empty());
                meet("limited", wanted.section.is_some() && wanted.pool.is_some());
            }
        }
    }
    let seldom: Vec<_> = met.iter().filter(|(_, times)| **times < OFTEN_ENOUGH).collect();
    assert!(seldom.is_empty(), "met seldom: {seldom:?}");
}

/// The model, the picker that has seen everything, and one that starts with the house as it is.
fn is_the_models(model: &Model, picker: &mut SeatPicker, wanted: &Wanted) -> Result<Vec<usize>, String> {
    let expected = model.pick(wanted);
    let mut new_picker = model.picker(picker.event_seats());
    for (name, answer) in [("the picker", picker.pick(wanted)), ("a new picker", new_picker.pick(wanted))] {
        let answer = answer.map(|group| group.into_iter().map(SeatIndex::at).collect::<Vec<_>>());
        let answer = answer.map_err(|MostPossible(most)| most as usize);
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
