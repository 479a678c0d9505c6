//! Ids of new events end in an affinity of the configured range, and so do the ids of what belongs to an event.

use boxoffice_engine::ids::{AffinityRange, BookingId, EventId, HoldId, PoolId, TicketTypeId};
use proptest::prelude::any;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use proptest::{prop_assert, prop_assert_eq};
use uuid::Uuid;

/// Ids that are generated per range.
const IDS_PER_RANGE: usize = 50;

fn range(text: &str) -> AffinityRange {
    text.parse().expect("the range is valid")
}

/// The last four hexadecimal digits, as a number.
fn last_digits(id: Uuid) -> u16 {
    (id.as_u128() & 0xffff) as u16
}

#[test]
fn ids_of_events_and_of_what_belongs_to_them_end_in_an_affinity_of_the_range() {
    let config = Config { rng_seed: RngSeed::Fixed(0), failure_persistence: None, ..Config::default() };
    let property = |(one, other): (u16, u16)| {
        let (first, last) = (one.min(other), one.max(other));
        let affinities = range(&format!("{first:04x}-{last:04X}"));
        for _ in 0..IDS_PER_RANGE {
            let event_id = EventId::generate(affinities);
            let digits = last_digits(event_id.as_uuid());
            prop_assert!((first..=last).contains(&digits), "{event_id} is not in {first:04x}-{last:04x}");
            prop_assert_eq!(event_id.as_uuid().get_version_num(), 7);
            let hold_id = HoldId::generate(event_id);
            let belonging = [
                PoolId::generate(event_id).as_uuid(),
                TicketTypeId::generate(event_id).as_uuid(),
                hold_id.as_uuid(),
                BookingId::generate_from_hold(hold_id).as_uuid(),
            ];
            prop_assert_eq!(belonging.map(last_digits), [digits; 4]);
        }
        Ok(())
    };
    TestRunner::new(config).run(&(any::<u16>(), any::<u16>()), property).expect("every id is in its range");
}

#[test]
fn every_affinity_of_a_range_is_used_with_both_ends() {
    let mut found: Vec<u16> = (0..1000).map(|_| last_digits(EventId::generate(range("7ffe-8001")).as_uuid())).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, [0x7ffe, 0x7fff, 0x8000, 0x8001]);
}

#[test]
fn ids_with_a_single_affinity_are_still_different() {
    let mut ids: Vec<EventId> = (0..10_000).map(|_| EventId::generate(range("c0de-c0de"))).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10_000);
}

#[test]
fn a_range_is_two_numbers_of_four_digits_and_the_smaller_one_is_first() {
    assert_eq!(range("0000-ffff"), AffinityRange::ALL);
    for text in ["", "-", "0000", "0000-", "-ffff", "0-ffff", "0000-fffff", "0000-fffg", "+000-ffff", "8000-7fff"] {
        assert!(text.parse::<AffinityRange>().is_err(), "{text} was accepted");
    }
    for text in [" 0000-ffff", "0000 - ffff", "0000-7fff-ffff", "0000..ffff", "00é-ffff"] {
        assert!(text.parse::<AffinityRange>().is_err(), "{text} was accepted");
    }
}
