//! Effects of an event's terms, closing and cancelling on its holds.

use boxoffice_engine::inventory::command::{Command, Outcome, Refusal};
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::model::hold::HoldStatus;
use test_support::translate::instant;

use crate::theatre::{Theatre, book, cancel, hold_id, release};

#[test]
fn a_sale_opens_at_its_second_and_not_before() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.change_terms(|terms| terms.sale_starts_at = Some(instant(100)));
    let refused = Err(Refusal::SaleNotStarted { starts_at: instant(100), now: instant(99) });
    assert_eq!(theatre.execute(99, theatre.place(1, 1)), refused);
    assert!(theatre.execute(100, theatre.place(2, 1)).is_ok());
}

#[test]
fn a_sale_is_over_at_its_last_second() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.change_terms(|terms| terms.sale_ends_at = Some(instant(100)));
    assert!(theatre.execute(99, theatre.place(1, 1)).is_ok());
    let refused = Refusal::EventNotOnSale { status: EventStatus::OnSale, sale_ended_at: Some(instant(100)) };
    assert_eq!(theatre.execute(100, theatre.place(2, 1)), Err(refused));
}

#[test]
fn no_hold_is_placed_on_an_event_that_is_a_draft_closed_or_cancelled() {
    for status in [EventStatus::Draft, EventStatus::Closed, EventStatus::Cancelled] {
        let mut theatre = Theatre::with_one_pool(5);
        theatre.change_terms(|terms| terms.status = status);
        let refused = Refusal::EventNotOnSale { status, sale_ended_at: None };
        assert_eq!(theatre.execute(0, theatre.place(1, 1)), Err(refused));
    }
}

#[test]
fn closing_an_event_lets_live_holds_be_booked_until_they_expire() {
    let mut theatre = Theatre::with_one_pool(5);
    theatre.hold_places(0, 1, 1);
    theatre.hold_places(0, 2, 1);
    assert_eq!(theatre.execute(1, status(&theatre, EventStatus::Closed)), Ok(Outcome::Amended));
    assert!(theatre.execute(119, book(1, 1)).is_ok());
    assert_eq!(
        theatre.execute(120, book(2, 2)),
        Err(Refusal::HoldExpired { expired_at: instant(120), now: instant(120) })
    );
}

#[test]
fn cancelling_an_event_releases_live_holds_and_keeps_bookings() {
    let mut theatre = Theatre::with_one_pool(9);
    theatre.hold_places(0, 1, 2);
    theatre.hold_places(60, 2, 3);
    theatre.hold_places(60, 3, 1);
    assert!(theatre.execute(61, book(1, 3)).is_ok());
    assert_eq!(theatre.execute(120, status(&theatre, EventStatus::Cancelled)), Ok(Outcome::Amended));
    assert_eq!(theatre.hold(1).status, HoldStatus::Expired);
    assert_eq!(theatre.hold(2).status, HoldStatus::Released);
    assert_eq!((theatre.pool().held, theatre.pool().booked), (0, 1));
    assert_eq!(theatre.execute(121, release(2)), Ok(Outcome::Released { hold_id: hold_id(2) }));
    assert_eq!(theatre.execute(121, book(2, 2)), Err(Refusal::HoldNotActive { status: HoldStatus::Released }));
    assert!(theatre.execute(122, cancel(1)).is_ok());
}

#[test]
fn a_cancelled_event_stays_cancelled_and_a_closed_one_does_not_open_again() {
    for (from, to) in [(EventStatus::Cancelled, EventStatus::OnSale), (EventStatus::Closed, EventStatus::OnSale)] {
        let mut theatre = Theatre::with_one_pool(1);
        theatre.change_terms(|terms| terms.status = from);
        assert_eq!(theatre.execute(0, status(&theatre, to)), Err(Refusal::IllegalTransition { from, to }));
        assert_eq!(theatre.execute(0, status(&theatre, from)), Ok(Outcome::Amended));
    }
}

#[test]
fn an_event_that_was_ever_held_is_not_deleted() {
    let mut theatre = Theatre::with_one_pool(1);
    theatre.hold_places(0, 1, 1);
    assert!(theatre.execute(1, release(1)).is_ok());
    let delete = Command::Delete { event_id: theatre.event };
    assert_eq!(theatre.execute(2, delete), Err(Refusal::EventHasHistory));
}

#[test]
fn an_event_without_holds_is_deleted_with_all_its_rows() {
    let mut theatre = Theatre::with_one_pool(1);
    let delete = Command::Delete { event_id: theatre.event };
    let answers = theatre.execute_batch(0, &[theatre.resize(7), delete.clone(), theatre.place(1, 1), delete]);
    assert_eq!(answers[1], Ok(Outcome::Deleted));
    assert_eq!(answers[2..], [Err(Refusal::EventNotFound), Err(Refusal::EventNotFound)]);
    assert!(theatre.rows.pools.is_empty() && theatre.rows.journal.is_empty());
}

#[test]
fn an_event_lowers_the_quantity_per_hold_and_never_raises_it() {
    let mut theatre = Theatre::with_one_pool(500);
    let too_many = |requested, max| Err(Refusal::QuantityOutOfRange { ticket_type_id: None, requested, min: 1, max });
    theatre.change_terms(|terms| terms.max_quantity_per_hold = Some(4));
    assert_eq!(theatre.execute(0, theatre.place(1, 5)), too_many(5, 4));
    theatre.change_terms(|terms| terms.max_quantity_per_hold = Some(400));
    assert_eq!(theatre.execute(0, theatre.place(2, 101)), too_many(101, 100));
}

fn status(theatre: &Theatre, status: EventStatus) -> Command {
    theatre.amend(|changes| changes.terms.status = Some(status))
}
