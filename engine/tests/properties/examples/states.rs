//! Legal moves of events, holds, bookings and seats, as ARCHITECTURE.md draws them.

use boxoffice_engine::ids::{BlockId, EventId, HoldId};
use boxoffice_engine::model::booking::BookingStatus;
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::model::hold::HoldStatus;
use boxoffice_engine::model::seat::SeatOwner;

const ARCHITECTURE: &str = include_str!("../../../../ARCHITECTURE.md");

#[test]
fn an_event_moves_as_it_is_drawn_and_may_stay_what_it_is() {
    let all = [EventStatus::Draft, EventStatus::OnSale, EventStatus::Closed, EventStatus::Cancelled];
    let drawn = drawn("event", &all.map(EventStatus::as_str));
    let may_stay = all.iter().map(|status| (status.as_str(), status.as_str()));
    assert_eq!(legal(&all, EventStatus::as_str, EventStatus::can_become), sorted(drawn.into_iter().chain(may_stay)));
}

#[test]
fn a_hold_moves_as_it_is_drawn_and_ends_once() {
    let all = [HoldStatus::Active, HoldStatus::Booked, HoldStatus::Released, HoldStatus::Expired];
    let drawn = drawn("hold", &all.map(HoldStatus::as_str));
    assert_eq!(legal(&all, HoldStatus::as_str, HoldStatus::can_become), sorted(drawn));
}

#[test]
fn a_booking_moves_as_it_is_drawn_and_ends_once() {
    let all = [BookingStatus::Confirmed, BookingStatus::Cancelled];
    let drawn = drawn("booking", &all.map(BookingStatus::as_str));
    assert_eq!(legal(&all, BookingStatus::as_str, BookingStatus::can_become), sorted(drawn));
}

#[test]
fn a_seat_moves_as_it_is_drawn_and_changes_its_owner_only_by_becoming_free() {
    let event_id = EventId::generate();
    let (hold, other) = (HoldId::generate(event_id), HoldId::generate(event_id));
    let [block, another] = [EventId::generate(), EventId::generate()].map(|id| BlockId::from(id.as_uuid()));
    let all = [SeatOwner::Nobody, SeatOwner::Held(hold), SeatOwner::Booked(hold), SeatOwner::Blocked(block)];
    let name = |owner: SeatOwner| owner.state().as_str();
    let drawn = drawn("seat", &all.map(name));
    assert_eq!(legal(&all, name, SeatOwner::can_become), sorted(drawn));
    let other_owners = [SeatOwner::Held(other), SeatOwner::Booked(other), SeatOwner::Blocked(another)];
    for (from, to) in all[1..].iter().flat_map(|from| other_owners.map(|to| (*from, to))) {
        assert!(!from.can_become(to), "{from:?} to {to:?}");
    }
}

type Move = (&'static str, &'static str);

fn legal<S: Copy>(all: &[S], name: impl Fn(S) -> &'static str, can_become: fn(S, S) -> bool) -> Vec<Move> {
    let pairs = all.iter().flat_map(|from| all.iter().map(|to| (*from, *to)));
    sorted(pairs.filter(|(from, to)| can_become(*from, *to)).map(|(from, to)| (name(from), name(to))))
}

/// Moves of one subject in the drawing. "any of them" stands for each state except the target.
fn drawn(subject: &str, states: &[&'static str]) -> Vec<Move> {
    let (_, drawing) = ARCHITECTURE.split_once("## States\n\n```\n").expect("the states are drawn");
    let (drawing, _) = drawing.split_once("```").expect("the drawing ends");
    let state = |word: &str| states.iter().copied().find(|state| *state == word);
    let mut moves = Vec::new();
    let mut of_subject = false;
    for line in drawing.lines() {
        if line.starts_with(|first: char| first.is_alphabetic()) {
            of_subject = line.split_whitespace().next() == Some(subject);
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let arrows = (1..words.len().saturating_sub(1)).filter(|n| of_subject && words[*n] == "──►");
        for (from, to) in arrows.map(|n| (words[n - 1], words[n + 1])) {
            let to = state(to).unwrap_or_else(|| panic!("no state of a {subject}: {to}"));
            match (from, state(from)) {
                (_, Some(from)) => moves.push((from, to)),
                ("them", None) => moves.extend(states.iter().filter(|from| **from != to).map(|from| (*from, to))),
                (from, None) => panic!("no state of a {subject}: {from}"),
            }
        }
    }
    assert!(!moves.is_empty(), "no move of a {subject} is drawn");
    moves
}

fn sorted(moves: impl IntoIterator<Item = Move>) -> Vec<Move> {
    let mut moves: Vec<Move> = moves.into_iter().collect();
    moves.sort_unstable();
    moves
}
