//! Plain examples with seats, in one row of six. Each is played like a random script, and its last answer is checked.

use boxoffice_engine::inventory::command::{Command, Decision, NewHold, Outcome, Refusal};
use boxoffice_engine::model::hold::Possession::Proven;
use boxoffice_engine::model::hold::{BestAvailable, Idempotency, Portion, RequestedItems};
use boxoffice_engine::seating::{GroupSize, SeatIndex, Together};
use test_support::dice::Dice;
use test_support::model::{Seconds, random};
use test_support::script::Script;
use test_support::translate::{id, instant};
use uuid::Uuid;

use super::house;
use super::model::Model;
use super::script::Step;
use super::stage;
use crate::seating::model::{Model as Geometry, ModelSeat};

/// Plays the commands one after the other, each at its second, and returns the last answer.
fn last_answer(orphans_refused: bool, commands: &[(Seconds, Command)]) -> Decision {
    let seat = |position: i64| ModelSeat {
        section: 0,
        row: 0,
        x: position * 55,
        y: 0,
        pool: 0,
        accessible: false,
        companion: false,
        aisle_after: false,
        free: true,
    };
    let geometry = Geometry { seats: (0..6).map(seat).collect(), focal_point: (0, 0) };
    let mut world = Model::new(random::rules(3), geometry);
    house::events(&mut world, &mut Dice(0));
    world.events[0].orphans_refused = orphans_refused;
    let step = |(batch, (at, command)): (usize, &(Seconds, Command))| Step {
        at: *at,
        batch,
        raised_type: None,
        op: command.clone(),
        spare: batch as u64,
    };
    let script = Script { world, steps: commands.iter().enumerate().map(step).collect() };
    if let Err(violation) = stage::play(&script) {
        panic!("{violation}");
    }
    let mut model = script.world;
    let answers = commands.iter().map(|(at, command)| model.apply(command, instant(*at)));
    answers.last().expect("an example asks something")
}

fn seats(seats: &[u32]) -> RequestedItems {
    RequestedItems::Seats(seats.iter().copied().map(SeatIndex).collect())
}

/// Hold of twelve seconds. Hold numbers with the same last digit share an idempotency key.
fn place(hold: usize, wanted: RequestedItems) -> Command {
    let idempotency = Some(Idempotency { key: Uuid::from_u128(hold as u128 % 10), fingerprint: [0; 32] });
    Command::Place(NewHold { hold_id: hold_id(hold), event_id: id(1), wanted, ttl_seconds: None, idempotency })
}

fn change(hold: usize, wanted: RequestedItems) -> Command {
    Command::ChangeItems { hold_id: hold_id(hold), possession: Proven, wanted }
}

fn hold_id<Id: From<Uuid>>(hold: usize) -> Id {
    id((hold << 16) + 1)
}

fn seats_of(answer: &Decision) -> Vec<u32> {
    let Ok(Outcome::Placed { hold, .. } | Outcome::ItemsChanged { hold, .. } | Outcome::Booked { hold, .. }) = answer
    else {
        panic!("refused: {answer:?}")
    };
    hold.items.iter().flat_map(|item| &item.seats).map(|seat| seat.0).collect()
}

#[test]
fn best_available_gives_the_seats_of_an_overdue_hold_before_the_sweep() {
    let two = RequestedItems::BestAvailable(BestAvailable {
        size: GroupSize::new(2).expect("it is in range"),
        together: Together::Strict,
        section: None,
        ticket_type_id: None,
        accessible: false,
    });
    let answer = last_answer(false, &[(0, place(1, seats(&[0, 1]))), (12, place(2, two))]);
    assert_eq!(seats_of(&answer), [0, 1]);
}

#[test]
fn a_seat_beside_an_overdue_hold_is_no_orphan_before_the_sweep() {
    let at = |second| last_answer(true, &[(0, place(1, seats(&[2]))), (second, place(2, seats(&[4, 5])))]);
    assert_eq!(at(11), Err(Refusal::LeavesOrphans { seats: vec![SeatIndex(3)] }));
    assert_eq!(seats_of(&at(12)), [4, 5]);
}

#[test]
fn a_hold_can_change_to_seats_that_include_its_own() {
    let swap = [(0, place(1, seats(&[1, 2, 3]))), (3, change(1, seats(&[2, 3, 4])))];
    assert_eq!(seats_of(&last_answer(false, &swap)), [2, 3, 4]);
    let others = [(0, place(1, seats(&[1, 2]))), (0, place(2, seats(&[3]))), (3, change(1, seats(&[2, 3, 4])))];
    let unavailable = Refusal::SeatsUnavailable { seats: vec![SeatIndex(3)], now: instant(3) };
    assert_eq!(last_answer(false, &others), Err(unavailable));
}

#[test]
fn a_repeat_is_answered_with_the_seats_as_placed_even_after_changes() {
    let repeat = [
        (0, place(1, seats(&[0, 1]))),
        (1, change(1, seats(&[1, 2]))),
        (2, change(1, seats(&[3]))),
        (3, place(11, seats(&[0, 1]))),
    ];
    assert_eq!(seats_of(&last_answer(false, &repeat)), [0, 1]);
}

#[test]
fn the_part_of_a_hold_that_is_not_booked_is_free_at_once() {
    let portion = Some(Portion::Seats(vec![SeatIndex(1)]));
    let book = Command::Book { booking_id: id(1), hold_id: hold_id(1), possession: Proven, portion };
    let others = [(0, place(1, seats(&[0, 1, 2]))), (1, book), (1, place(2, seats(&[0, 2])))];
    assert_eq!(seats_of(&last_answer(false, &others)), [0, 2]);
}
