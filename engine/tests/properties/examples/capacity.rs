//! Allocation of capacity, and the refusals for lack of it.

use boxoffice_engine::inventory::command::{Outcome, Refusal, Shortage};
use test_support::translate::{id, instant};

use crate::theatre::{Theatre, book, extend, release};

#[test]
fn the_last_seat_goes_to_the_first_of_a_batch() {
    let mut theatre = Theatre::with_one_pool(1);
    let answers = theatre.execute_batch(0, &[theatre.place(1, 1), theatre.place(2, 1), theatre.place(3, 1)]);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers[0].is_ok());
}

#[test]
fn a_request_that_fits_only_in_part_is_refused_as_a_whole_and_names_the_short_pool() {
    let mut theatre = Theatre::without_pools();
    let (stalls, balcony) = (theatre.add_pool(10), theatre.add_pool(2));
    let (seat, bench) = (theatre.add_type(stalls, 0), theatre.add_type(balcony, 0));
    let shortages =
        vec![Shortage { pool_id: balcony, ticket_type_ids: vec![bench], requested: 3, available: 2, held: 0 }];
    let refused = Err(Refusal::InsufficientSeats { shortages, retry_at: None, now: instant(0) });
    assert_eq!(theatre.execute(0, theatre.place_items(1, &[(seat, 4), (bench, 3)])), refused);
    assert_eq!((theatre.pool().held, theatre.rows.holds.len()), (0, 0));
}

#[test]
fn quantities_of_several_ticket_types_of_one_pool_are_added_up() {
    let mut theatre = Theatre::without_pools();
    let stalls = theatre.add_pool(5);
    let (adult, child) = (theatre.add_type(stalls, 900), theatre.add_type(stalls, 400));
    let shortages =
        vec![Shortage { pool_id: stalls, ticket_type_ids: vec![adult, child], requested: 6, available: 5, held: 0 }];
    let refused = Err(Refusal::InsufficientSeats { shortages, retry_at: None, now: instant(0) });
    assert_eq!(theatre.execute(0, theatre.place_items(1, &[(adult, 3), (child, 3)])), refused);
    assert!(theatre.execute(0, theatre.place_items(2, &[(adult, 3), (child, 2)])).is_ok());
    assert_eq!(theatre.pool().available(), 0);
}

#[test]
fn a_shortage_says_how_many_places_are_only_held() {
    let mut theatre = Theatre::with_one_pool(3);
    theatre.hold_places(0, 1, 1);
    theatre.hold_places(0, 2, 2);
    assert!(theatre.execute(1, book(1, 1)).is_ok());
    let shortages =
        vec![Shortage { pool_id: id(1), ticket_type_ids: vec![id(1)], requested: 1, available: 0, held: 2 }];
    let refused = Err(Refusal::InsufficientSeats { shortages, retry_at: Some(instant(120)), now: instant(1) });
    assert_eq!(theatre.execute(1, theatre.place(3, 1)), refused);
}

#[test]
fn retry_at_is_the_earliest_expiry_and_absent_when_none_could_help() {
    let mut theatre = Theatre::with_one_pool(3);
    theatre.hold_places(0, 1, 1);
    theatre.hold_places(10, 2, 1);
    assert!(theatre.execute(11, book(1, 1)).is_ok());
    assert_eq!(retry_at(&mut theatre, 12, 2), Some(Some(instant(130))));
    assert_eq!(retry_at(&mut theatre, 12, 3), Some(None));
}

#[test]
fn retry_at_waits_for_the_last_of_the_pools_that_lack_room() {
    let mut theatre = Theatre::without_pools();
    let (stalls, balcony) = (theatre.add_pool(1), theatre.add_pool(1));
    let (seat, bench) = (theatre.add_type(stalls, 0), theatre.add_type(balcony, 0));
    assert!(theatre.execute(0, theatre.place_items(1, &[(seat, 1)])).is_ok());
    assert!(theatre.execute(30, theatre.place_items(2, &[(bench, 1)])).is_ok());
    let Err(Refusal::InsufficientSeats { shortages, retry_at, .. }) =
        theatre.execute(40, theatre.place_items(3, &[(seat, 1), (bench, 1)]))
    else {
        panic!("there is no room")
    };
    assert_eq!((shortages.len(), retry_at), (2, Some(instant(150))));
}

#[test]
fn retry_at_counts_earlier_commands_of_the_same_batch() {
    let mut theatre = Theatre::with_one_pool(2);
    theatre.hold_places(0, 1, 2);
    let answers = theatre.execute_batch(60, &[extend(1), theatre.place(2, 1)]);
    assert_eq!(retry_at_of(&answers[1]), Some(Some(instant(180))));
    let answers = theatre.execute_batch(70, &[release(1), theatre.place(3, 2), theatre.place(4, 1)]);
    assert_eq!(retry_at_of(&answers[2]), Some(Some(instant(190))));
}

#[test]
fn a_capacity_below_what_is_held_and_booked_is_refused_with_the_least_possible() {
    let mut theatre = Theatre::with_one_pool(10);
    theatre.hold_places(0, 1, 3);
    theatre.hold_places(0, 2, 2);
    assert!(theatre.execute(1, book(1, 1)).is_ok());
    let refused = Err(Refusal::CapacityBelowCommitted { requested: 4, least: 5 });
    assert_eq!(theatre.execute(2, theatre.resize(4)), refused);
    assert!(theatre.execute(2, theatre.resize(5)).is_ok());
    assert_eq!(theatre.pool().available(), 0);
}

#[test]
fn an_overdue_hold_does_not_prevent_a_smaller_capacity() {
    let mut theatre = Theatre::with_one_pool(10);
    theatre.hold_places(0, 1, 3);
    let Ok(Outcome::Resized(pool)) = theatre.execute(120, theatre.resize(0)) else { panic!("refused") };
    assert_eq!((pool.capacity, pool.held), (0, 0));
}

#[test]
fn an_overdue_hold_is_not_shown_as_held_when_the_capacity_changes() {
    let mut theatre = Theatre::with_one_pool(10);
    theatre.hold_places(0, 1, 3);
    let Ok(Outcome::Resized(pool)) = theatre.execute(120, theatre.resize(20)) else { panic!("refused") };
    assert_eq!((pool.capacity, pool.held), (20, 0));
}

#[test]
fn a_larger_capacity_counts_at_once() {
    let mut theatre = Theatre::with_one_pool(1);
    let answers = theatre.execute_batch(0, &[theatre.place(1, 2), theatre.resize(2), theatre.place(2, 2)]);
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn all_pools_of_an_event_together_have_at_most_ten_million_places() {
    let mut theatre = Theatre::with_one_pool(10);
    theatre.add_pool(9_999_980);
    let too_large = Err(Refusal::EventTooLarge { max: 20 });
    assert_eq!(theatre.execute(0, theatre.resize(21)), too_large);
    let answers = theatre.execute_batch(1, &[theatre.resize(20), theatre.resize(20), theatre.resize(21)]);
    assert!(answers[0].is_ok() && answers[1].is_ok());
    assert_eq!(answers[2], too_large);
}

#[test]
fn an_event_that_is_too_large_already_can_shrink_and_not_grow() {
    let mut theatre = Theatre::with_one_pool(10);
    theatre.add_pool(9_999_995);
    assert_eq!(theatre.execute(0, theatre.resize(11)), Err(Refusal::EventTooLarge { max: 10 }));
    assert!(theatre.execute(0, theatre.resize(10)).is_ok());
    assert!(theatre.execute(0, theatre.resize(9)).is_ok());
}

#[test]
fn the_price_at_hold_time_counts() {
    let mut theatre = Theatre::without_pools();
    let stalls = theatre.add_pool(5);
    let seat = theatre.add_type(stalls, 900);
    theatre.hold_places(0, 1, 2);
    theatre.rows.ticket_types.get_mut(&seat).expect("it is there").price = 1500;
    let Ok(Outcome::Booked { hold, .. }) = theatre.execute(1, book(1, 1)) else { panic!("refused") };
    assert_eq!((hold.items[0].unit_price, hold.total()), (900, 1800));
    assert_eq!(theatre.hold_places(2, 2, 1).total(), 1500);
}

/// `retry_at` of the refusal of a request for `places`; the outer `None` if it is not refused.
fn retry_at(theatre: &mut Theatre, now: i64, places: u32) -> Option<Option<boxoffice_engine::time::Instant>> {
    let answer = theatre.execute(now, theatre.place(99, places));
    retry_at_of(&answer)
}

fn retry_at_of(
    answer: &boxoffice_engine::inventory::command::Decision,
) -> Option<Option<boxoffice_engine::time::Instant>> {
    match answer {
        Err(Refusal::InsufficientSeats { retry_at, .. }) => Some(*retry_at),
        _ => None,
    }
}
