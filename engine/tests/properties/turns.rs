//! The lanes' queue: order of turns, in examples and random histories.

use std::collections::{BTreeMap, BTreeSet};

use boxoffice_engine::ids::Affinity;
use boxoffice_engine::ids::EventId;
use boxoffice_engine::inventory::command::Class;
use boxoffice_engine::inventory::queue::{NotAdmitted, Queue, QueueLimits};
use proptest::collection::vec;
use proptest::prelude::any;
use test_support::cases::for_all_values;
use uuid::Uuid;

const BATCH_MAX: usize = 16;
/// Commands that make an event crowded: more than an eighth of a batch.
const CROWD: usize = 3;

/// Affinity (queue key) of an event.
fn event(number: u8) -> Affinity {
    EventId::from(Uuid::from_u128(number.into())).affinity()
}

fn queue() -> Queue<usize> {
    Queue::new(QueueLimits { per_event: 40, total: 100 })
}

fn admit(queue: &mut Queue<usize>, number: u8, holds: std::ops::Range<usize>) {
    for hold in holds {
        queue.admit(event(number), Class::Hold, hold).expect("there is room");
    }
}

#[test]
fn an_event_is_in_one_batch_at_a_time_and_gets_another_turn_afterwards() {
    let mut queue = queue();
    admit(&mut queue, 1, 0..2);
    let first = queue.take_batch(BATCH_MAX).expect("a command waits");
    admit(&mut queue, 1, 2..4);
    assert!(queue.take_batch(BATCH_MAX).is_none(), "its batch is still running");
    queue.finish_batch(&first.affinities, |_| Some(false));
    assert_eq!(queue.take_batch(BATCH_MAX).expect("the event has more commands").waiting, [2, 3]);
}

#[test]
fn a_crowded_event_goes_alone_and_the_others_go_together() {
    let mut queue = queue();
    admit(&mut queue, 1, 0..1);
    admit(&mut queue, 2, 10..10 + CROWD);
    admit(&mut queue, 3, 20..21);
    let others = queue.take_batch(BATCH_MAX).expect("a command waits");
    assert_eq!(others.waiting, [0, 20]);
    assert!(queue.has_turns(), "another lane can take the crowd");
    assert_eq!(queue.take_batch(BATCH_MAX).expect("the crowded event waits").affinities, [event(2)]);
}

#[test]
fn a_crowd_that_does_not_fit_waits_for_its_next_turn_behind_the_others() {
    let mut queue = queue();
    admit(&mut queue, 1, 0..BATCH_MAX + 1);
    let crowd = queue.take_batch(BATCH_MAX).expect("a command waits");
    assert_eq!(crowd.waiting.len(), BATCH_MAX);
    admit(&mut queue, 2, 50..51);
    queue.finish_batch(&crowd.affinities, |_| Some(false));
    assert_eq!(queue.take_batch(BATCH_MAX).expect("both events wait").waiting, [50, BATCH_MAX]);
}

#[test]
fn bookings_go_before_holds_and_each_in_the_order_in_which_they_came() {
    let mut queue = queue();
    for (class, waiting) in [(Class::Hold, 1), (Class::Booking, 2), (Class::Hold, 3), (Class::Organiser, 4)] {
        queue.admit(event(1), class, waiting).expect("there is room");
    }
    assert_eq!(queue.take_batch(BATCH_MAX).expect("a command waits").waiting, [2, 4, 1, 3]);
}

#[test]
fn a_stampede_of_holds_takes_no_place_from_bookings_nor_from_other_events() {
    let mut queue = queue();
    admit(&mut queue, 1, 0..40);
    assert_eq!(queue.admit(event(1), Class::Hold, 40), Err(NotAdmitted::Full));
    assert_eq!(queue.admit(event(1), Class::Booking, 41), Ok(()));
    assert_eq!(queue.admit(event(2), Class::Hold, 42), Ok(()));
    assert_eq!(queue.depth(), 42);
}

#[test]
fn the_oldest_waiting_hold_is_known_and_bookings_are_ignored() {
    let mut queue = queue();
    assert_eq!(queue.oldest_hold(event(1)), None);
    queue.admit(event(1), Class::Booking, 1).expect("there is room");
    assert_eq!(queue.oldest_hold(event(1)), None);
    admit(&mut queue, 1, 2..4);
    assert_eq!(queue.oldest_hold(event(1)), Some(&2));
    queue.take_batch(BATCH_MAX).expect("a command waits");
    assert_eq!(queue.oldest_hold(event(1)), None);
}

#[test]
fn an_event_whose_batch_failed_goes_alone_until_a_batch_succeeds() {
    let mut queue = queue();
    for succeeds in [false, true] {
        admit(&mut queue, 1, 0..1);
        let alone = queue.take_batch(BATCH_MAX).expect("a command waits");
        queue.finish_batch(&alone.affinities, |_| Some(!succeeds));
        // A batch in which no command was executed counts neither as failed nor as succeeded.
        admit(&mut queue, 1, 9..10);
        let late = queue.take_batch(BATCH_MAX).expect("a command waits");
        queue.finish_batch(&late.affinities, |_| None);
        admit(&mut queue, 1, 1..2);
        admit(&mut queue, 2, 2..3);
        let next = queue.take_batch(BATCH_MAX).expect("both events wait");
        assert_eq!(next.waiting.len(), if succeeds { 2 } else { 1 });
        queue.finish_batch(&next.affinities, |_| Some(false));
        let rest = queue.take_batch(BATCH_MAX);
        queue.finish_batch(&rest.map(|taken| taken.affinities).unwrap_or_default(), |_| Some(false));
    }
}

#[test]
fn a_command_of_an_organiser_keeps_no_other_event_waiting() {
    let mut queue = queue();
    admit(&mut queue, 1, 0..1);
    queue.admit(event(2), Class::Organiser, 1).expect("there is room");
    admit(&mut queue, 3, 2..3);
    assert_eq!(queue.take_batch(BATCH_MAX).expect("a command waits").waiting, [0, 2]);
    assert_eq!(queue.take_batch(BATCH_MAX).expect("the organiser command waits").waiting, [1]);
}

#[test]
fn a_closed_queue_admits_nothing_and_still_gives_out_what_waits() {
    let mut queue = queue();
    admit(&mut queue, 1, 0..1);
    queue.close();
    assert_eq!(queue.admit(event(1), Class::Booking, 1), Err(NotAdmitted::Closed));
    assert_eq!(queue.take_batch(BATCH_MAX).expect("admitted commands are still given out").waiting, [0]);
}

/// Commands arrive and batches begin and end in any order; no command is lost, doubled or overtaken in its class.
#[test]
fn every_command_is_taken_once_and_in_order_and_no_event_is_in_two_batches_at_once() {
    for_all_values("every_command_is_taken_once", 2_000, &vec(any::<(u8, u8)>(), 0..300), |steps| {
        History::default().play(&steps)
    });
}

#[derive(Default)]
struct History {
    /// Commands admitted and not yet taken, by event and by class: `true` for bookings, `false` for holds.
    waiting: BTreeMap<(Affinity, bool), Vec<usize>>,
    running: Vec<Vec<Affinity>>,
    admitted: usize,
}

impl History {
    fn play(mut self, steps: &[(u8, u8)]) -> Result<(), String> {
        let mut queue = queue();
        for (action, number) in steps {
            match action % 8 {
                0..4 => self.admit(&mut queue, event(number % 5), action & 64 != 0),
                4..6 => self.take(&mut queue)?,
                _ => self.end(&mut queue, usize::from(*number)),
            }
        }
        while !self.running.is_empty() || queue.depth() > 0 {
            self.take(&mut queue)?;
            self.end(&mut queue, 0);
        }
        let left: usize = self.waiting.values().map(Vec::len).sum();
        if left == 0 { Ok(()) } else { Err(format!("{left} commands were never taken")) }
    }

    fn admit(&mut self, queue: &mut Queue<usize>, event: Affinity, booking: bool) {
        let class = if booking { Class::Booking } else { Class::Hold };
        if queue.admit(event, class, self.admitted).is_ok() {
            self.waiting.entry((event, booking)).or_default().push(self.admitted);
            self.admitted += 1;
        }
    }

    fn take(&mut self, queue: &mut Queue<usize>) -> Result<(), String> {
        let Some(taken) = queue.take_batch(BATCH_MAX) else { return Ok(()) };
        if taken.waiting.is_empty() || taken.waiting.len() > BATCH_MAX {
            return Err(format!("a batch of {}", taken.waiting.len()));
        }
        let mut busy: BTreeSet<Affinity> = self.running.iter().flatten().copied().collect();
        if !taken.affinities.iter().all(|affinity| busy.insert(*affinity)) {
            return Err("an event is in two batches".to_owned());
        }
        // The batch consists of the oldest commands of each class of its events, and of no others.
        let mut rest: BTreeSet<usize> = taken.waiting.iter().copied().collect();
        for affinity in &taken.affinities {
            for booking in [true, false] {
                let waiting = self.waiting.entry((*affinity, booking)).or_default();
                let count = waiting.iter().take_while(|command| rest.contains(command)).count();
                waiting.drain(..count).for_each(|command| {
                    rest.remove(&command);
                });
            }
        }
        if !rest.is_empty() {
            return Err(format!("{rest:?} were overtaken, doubled or never admitted"));
        }
        self.running.push(taken.affinities);
        Ok(())
    }

    fn end(&mut self, queue: &mut Queue<usize>, number: usize) {
        if !self.running.is_empty() {
            let ended = self.running.swap_remove(number % self.running.len());
            queue.finish_batch(&ended, |_| Some(number.is_multiple_of(3)));
        }
    }
}
