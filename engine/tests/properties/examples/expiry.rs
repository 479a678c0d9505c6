//! Expiry and extension of holds.

use boxoffice_engine::inventory::changes::EntryKind;
use boxoffice_engine::inventory::command::{Decision, Outcome, Refusal};
use boxoffice_engine::model::hold::HoldStatus;
use test_support::model::Seconds;
use test_support::translate::{instant, seconds};

use crate::theatre::{Theatre, book, expire, extend, hold_id, release, sweep};

#[test]
fn a_hold_can_be_booked_one_second_before_its_expiry() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    let answer = theatre.execute(119, book(1, 1));
    assert!(matches!(answer, Ok(Outcome::Booked { replayed: false, .. })), "{answer:?}");
    assert_eq!((theatre.pool().held, theatre.pool().booked), (0, 2));
}

#[test]
fn a_hold_is_expired_at_the_very_instant_of_its_expiry() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    let refused = Err(Refusal::HoldExpired { expired_at: instant(120), now: instant(120) });
    assert_eq!(theatre.execute(120, book(1, 1)), refused);
    assert_eq!(theatre.hold(1).status, HoldStatus::Expired);
    assert_eq!(theatre.pool().available(), 5);
}

#[test]
fn one_of_book_and_sweep_wins_at_the_expiry_instant_and_both_report_it() {
    for now in [119, 120] {
        let mut theatre = Theatre::with_one_pool(5);
        theatre.hold_places(0, 1, 2);
        let answers = theatre.execute_batch(now, &[sweep(1), book(1, 1)]);
        let booked = matches!(answers[1], Ok(Outcome::Booked { .. }));
        assert_eq!(booked, now == 119);
        assert_eq!(answers[0], Ok(if booked { Outcome::NotDue } else { Outcome::Expired { hold_id: hold_id(1) } }));
    }
}

#[test]
fn an_expired_hold_that_was_not_swept_can_neither_be_extended_nor_released() {
    for command in [extend(1), release(1)] {
        let mut theatre = Theatre::with_one_pool(5);
        theatre.hold_places(0, 1, 2);
        assert_eq!(
            theatre.execute(500, command),
            Err(Refusal::HoldExpired { expired_at: instant(120), now: instant(500) })
        );
        assert_eq!(theatre.pool().held, 0);
    }
}

#[test]
fn the_seats_of_an_expired_hold_go_to_the_next_request_before_any_sweep() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 2);
    theatre.hold_places(120, 2, 2);
    assert_eq!(theatre.hold(1).status, HoldStatus::Expired);
    assert_eq!(theatre.rows.events[&theatre.event].counters.expired_holds, 1);
}

#[test]
fn an_operator_ends_a_hold_before_its_time_and_says_when() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 2);
    assert_eq!(theatre.execute(30, expire(1)), Ok(Outcome::Expired { hold_id: hold_id(1) }));
    assert_eq!(
        theatre.execute(60, book(1, 1)),
        Err(Refusal::HoldExpired { expired_at: instant(30), now: instant(60) })
    );
}

#[test]
fn an_extension_gives_a_full_time_to_live_from_now() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 1);
    let answer = theatre.execute(100, extend(1));
    assert_eq!(extended(&answer), Some((220, 2, false)));
}

#[test]
fn extensions_end_at_the_maximum_lifetime_counted_from_the_placing() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 1);
    assert!(theatre.execute(100, extend(1)).is_ok());
    let answer = theatre.execute(200, extend(1));
    assert_eq!(extended(&answer), Some((300, 0, false)));
    // The request may be a repeat by a client whose answer was lost, so it is answered like one.
    let answer = theatre.execute(250, extend(1));
    assert_eq!(extended(&answer), Some((300, 0, true)));
}

#[test]
fn a_hold_that_was_placed_for_the_maximum_lifetime_is_never_extended() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.change_terms(|terms| terms.hold_ttl_seconds = Some(300));
    theatre.hold_places(0, 1, 1);
    assert_eq!(theatre.execute(250, extend(1)), Err(Refusal::ExtensionLimitReached { expires_at: instant(300) }));
}

#[test]
fn a_hold_is_extended_only_a_limited_number_of_times() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 1);
    for now in [10, 20, 30] {
        assert!(theatre.execute(now, extend(1)).is_ok());
    }
    assert_eq!(theatre.execute(40, extend(1)), Err(Refusal::ExtensionLimitReached { expires_at: instant(150) }));
}

#[test]
fn an_extension_that_would_gain_less_than_five_seconds_is_a_repeat_of_the_one_before() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 1);
    for (now, expected) in [(50, (170, 2, false)), (50, (170, 2, true)), (54, (170, 2, true)), (55, (175, 1, false))] {
        let answer = theatre.execute(now, extend(1));
        assert_eq!(extended(&answer), Some(expected), "at {now}");
    }
    let entries = theatre.rows.journal.values().filter(|entry| entry.kind == EntryKind::HoldExtended);
    assert_eq!((theatre.hold(1).extensions, entries.count()), (2, 2));
}

#[test]
fn the_first_extension_counts_however_little_it_gains() {
    // At the instant of placing, and with a clock that was set back: the expiry does not move back.
    for now in [10, 4] {
        let mut theatre = Theatre::with_one_pool(2);
        theatre.hold_places(10, 1, 1);
        let answer = theatre.execute(now, extend(1));
        assert_eq!(extended(&answer), Some((130, 2, false)));
    }
}

#[test]
fn the_last_extension_can_be_repeated_too() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 1);
    for (now, expected) in [(10, (130, 2, false)), (20, (140, 1, false)), (30, (150, 0, false)), (34, (150, 0, true))] {
        let answer = theatre.execute(now, extend(1));
        assert_eq!(extended(&answer), Some(expected), "at {now}");
    }
    assert_eq!(theatre.execute(35, extend(1)), Err(Refusal::ExtensionLimitReached { expires_at: instant(150) }));
}

#[test]
fn no_extension_is_left_when_less_than_five_seconds_are_left_of_the_maximum_lifetime() {
    for (now, extensions_left) in [(115, 2), (116, 0)] {
        let mut theatre = Theatre::with_one_pool(2);
        theatre.change_terms(|terms| terms.hold_ttl_seconds = Some(180));
        theatre.hold_places(0, 1, 1);
        let answer = theatre.execute(now, extend(1));
        assert_eq!(extended(&answer), Some((now + 180, extensions_left, false)));
    }
}

#[test]
fn two_extensions_in_one_batch_use_up_one() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 1);
    let answers = theatre.execute_batch(50, &[extend(1), extend(1)]);
    assert_eq!((extended(&answers[0]), extended(&answers[1])), (Some((170, 2, false)), Some((170, 2, true))));
    assert_eq!(theatre.hold(1).extensions, 1);
}

#[test]
fn a_refused_change_never_extends_a_hold() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 1);
    assert!(theatre.execute(60, crate::theatre::book_with_wrong_token(1, 1)).is_err());
    assert_eq!(theatre.execute(60, sweep(1)), Ok(Outcome::NotDue));
    assert_eq!(theatre.hold(1).expires_at, instant(120));
}

/// Expiry, extensions left, and whether the answer is a replay; `None` for any other answer.
fn extended(answer: &Decision) -> Option<(Seconds, u32, bool)> {
    match answer {
        Ok(Outcome::Extended { hold, extensions_left, replayed, .. }) => {
            Some((seconds(hold.expires_at), *extensions_left, *replayed))
        }
        _ => None,
    }
}
