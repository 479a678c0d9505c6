//! Properties of the whole service: random histories over HTTP, on two servers with one database.
//!
//! Each history has its own events; the servers are used again for later histories. Tests advance the time without
//! waiting: see `calendar`. A seed gives the same requests again, but not the same order of simultaneous ones.

mod asking;
mod calendar;
mod crowd;
mod explain;
mod house;
mod ledger;
mod looking;
mod names;
mod opening;
mod play;
mod refusals;
mod replies;

use test_support::reach::assert_histories_meet_every_answer;
use test_support::script::Plan;

use house::for_all_histories;
use play::{Timing, play};

/// Histories of one request after the other, with pauses in which time advances.
const SEQUENTIAL: Plan = Plan {
    cases: 36,
    commands_per_case: 40,
    batch_commands_max: 10,
    batches_about: &[2, 5, 8],
    tick: 60,
    shrinks_max: 80,
};

/// Histories with up to five requests at the same time: few enough to try every order of them.
const CONCURRENT: Plan = Plan { commands_per_case: 50, batch_commands_max: 5, batches_about: &[3, 5, 8], ..SEQUENTIAL };

/// Histories without pauses: time does not advance, so that clients need not wait for each other.
const CROWDED: Plan = Plan { cases: 12, commands_per_case: 150, ..SEQUENTIAL };

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_over_http_is_what_a_naive_model_says() {
    let name = "every_answer_over_http_is_what_a_naive_model_says";
    for_all_histories(name, &SEQUENTIAL, async |servers, script| play(servers, script, Timing::Sequential).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_requests_are_answered_as_if_they_had_come_one_after_the_other() {
    let name = "simultaneous_requests_are_answered_as_if_they_had_come_one_after_the_other";
    for_all_histories(name, &CONCURRENT, async |servers, script| play(servers, script, Timing::Simultaneous).await)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_to_a_crowd_exists_and_never_exceeds_the_capacity() {
    let name = "everything_acknowledged_to_a_crowd_exists_and_never_exceeds_the_capacity";
    for_all_histories(name, &CROWDED, crowd::play).await;
}

/// A property proves nothing about answers that its histories never produce.
#[test]
fn random_histories_of_requests_meet_every_answer_often() {
    for plan in [SEQUENTIAL, CONCURRENT] {
        assert_histories_meet_every_answer(&plan);
    }
}
