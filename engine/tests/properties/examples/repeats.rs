//! Repeated commands.

use boxoffice_engine::inventory::command::{Outcome, Refusal};
use boxoffice_engine::model::booking::BookingStatus;
use test_support::translate::instant;

use crate::theatre::{Theatre, book, book_with_wrong_token, cancel, hold_id, release};

#[test]
fn booking_again_gives_the_same_booking_long_after_the_expiry() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    let Ok(Outcome::Booked { booking: first, .. }) = theatre.execute(60, book(1, 1)) else { panic!("refused") };
    let Ok(Outcome::Booked { booking, replayed, .. }) = theatre.execute(1_000_000, book(2, 1)) else {
        panic!("refused")
    };
    assert!(replayed);
    assert_eq!(booking, first);
}

#[test]
fn a_wrong_token_is_refused_alike_with_and_without_a_booking_and_changes_nothing() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    assert_eq!(theatre.execute(60, book_with_wrong_token(1, 1)), Err(Refusal::InvalidPaymentToken));
    assert_eq!((theatre.pool().held, theatre.pool().booked), (2, 0));
    assert!(theatre.execute(60, book(2, 1)).is_ok());
    assert_eq!(theatre.execute(60, book_with_wrong_token(3, 1)), Err(Refusal::InvalidPaymentToken));
    assert_eq!(theatre.execute(60, book_with_wrong_token(4, 77)), Err(Refusal::HoldNotFound));
}

#[test]
fn a_hold_booked_twice_in_one_batch_is_one_booking() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    let answers = theatre.execute_batch(60, &[book(1, 1), book(2, 1)]);
    assert!(matches!(answers[0], Ok(Outcome::Booked { replayed: false, .. })));
    assert!(matches!(answers[1], Ok(Outcome::Booked { replayed: true, .. })));
    assert_eq!((theatre.rows.bookings.len(), theatre.pool().booked), (1, 2));
}

#[test]
fn the_same_key_gives_the_same_hold_even_when_it_took_the_last_seat() {
    let mut theatre = Theatre::with_one_pool(2);
    let Ok(Outcome::Placed { hold: first, .. }) = theatre.execute(0, theatre.place_with_key(1, 2, 7, 1)) else {
        panic!("refused")
    };
    let Ok(Outcome::Placed { hold, replayed }) = theatre.execute(10, theatre.place_with_key(2, 2, 7, 1)) else {
        panic!("refused")
    };
    assert!(replayed);
    assert_eq!(hold, first);
}

#[test]
fn a_replay_is_answered_with_the_hold_as_placed_even_after_its_end() {
    let mut theatre = Theatre::with_one_pool(2);
    let first = theatre.execute(0, theatre.place_with_key(1, 2, 7, 1));
    let Ok(Outcome::Placed { hold: first, .. }) = first else { panic!("refused") };
    assert!(theatre.execute(5, crate::theatre::extend(1)).is_ok());
    assert!(theatre.execute(6, release(1)).is_ok());
    let again = theatre.execute(10_000, theatre.place_with_key(2, 2, 7, 1));
    assert_eq!(again, Ok(Outcome::Placed { hold: first, replayed: true }));
    assert_eq!(theatre.pool().held, 0);
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    let mut theatre = Theatre::with_one_pool(9);
    assert!(theatre.execute(0, theatre.place_with_key(1, 2, 7, 1)).is_ok());
    assert_eq!(theatre.execute(1, theatre.place_with_key(2, 3, 7, 2)), Err(Refusal::IdempotencyKeyReused));
    assert_eq!(theatre.pool().held, 2);
}

#[test]
fn a_refusal_is_not_remembered_under_its_key() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 2);
    assert!(theatre.execute(1, theatre.place_with_key(2, 2, 7, 1)).is_err());
    assert!(theatre.execute(2, release(1)).is_ok());
    let answer = theatre.execute(3, theatre.place_with_key(3, 2, 7, 1));
    assert!(matches!(answer, Ok(Outcome::Placed { replayed: false, .. })), "{answer:?}");
}

#[test]
fn a_hold_released_twice_gives_back_once() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    theatre.hold_places(0, 2, 2);
    for answer in theatre.execute_batch(1, &[release(1), release(1)]) {
        assert_eq!(answer, Ok(Outcome::Released { hold_id: hold_id(1) }));
    }
    assert_eq!(theatre.execute(2, release(1)), Ok(Outcome::Released { hold_id: hold_id(1) }));
    assert_eq!(theatre.pool().held, 2);
}

#[test]
fn a_booking_cancelled_twice_at_once_gives_back_once_and_both_answers_are_equal() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    theatre.hold_places(0, 2, 3);
    assert!(theatre.execute_batch(1, &[book(1, 1), book(2, 2)]).iter().all(Result::is_ok));
    let answers = theatre.execute_batch(2, &[cancel(1), cancel(1)]);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(theatre.execute(99, cancel(1)), answers[0]);
    let Ok(Outcome::Cancelled { booking, .. }) = &answers[0] else { panic!("refused") };
    assert_eq!((booking.status, booking.cancelled_at), (BookingStatus::Cancelled, Some(instant(2))));
    assert_eq!(theatre.pool().booked, 3);
}

#[test]
fn a_cancelled_booking_is_still_the_booking_of_its_hold() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 2);
    assert!(theatre.execute_batch(1, &[book(1, 1), cancel(1)]).iter().all(Result::is_ok));
    let Ok(Outcome::Booked { booking, replayed, .. }) = theatre.execute(2, book(2, 1)) else { panic!("refused") };
    assert!(replayed);
    assert_eq!(booking.status, BookingStatus::Cancelled);
    assert_eq!(theatre.pool().available(), 5);
}
