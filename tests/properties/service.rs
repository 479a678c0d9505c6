//! Properties of the whole service: random histories over HTTP, on two servers that share a database.
//!
//! Each history plays on events of its own, on a pair of servers that has played others before. Time passes without
//! waiting: see `calendar`. A seed plays the same requests again; who is first of those that race is chance anew.

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

use crate::script::Plan;
use house::for_all_histories;
use play::{Manner, play};

/// One request after the other; in each pause of a history its time passes.
pub const SEQUENTIAL: Plan = Plan {
    cases: 36,
    commands_per_case: 40,
    batch_commands_max: 10,
    batches_about: &[2, 5, 8],
    tick: 60,
    shrinks_max: 80,
};

/// Up to five requests at the same time: so few that every order of them can be tried.
pub const CONCURRENT: Plan =
    Plan { commands_per_case: 50, batch_commands_max: 5, batches_about: &[3, 5, 8], ..SEQUENTIAL };

/// Time stands still, so that nobody has to wait for anybody.
const CROWDED: Plan = Plan { cases: 12, commands_per_case: 150, ..SEQUENTIAL };

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_over_http_is_what_a_naive_model_says() {
    let name = "every_answer_over_http_is_what_a_naive_model_says";
    for_all_histories(name, &SEQUENTIAL, async |house, script| play(house, script, Manner::OneByOne).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_requests_are_answered_as_if_they_had_come_one_after_the_other() {
    let name = "simultaneous_requests_are_answered_as_if_they_had_come_one_after_the_other";
    for_all_histories(name, &CONCURRENT, async |house, script| play(house, script, Manner::Together).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crowd_was_promised_is_there_and_never_more_than_the_capacity() {
    let name = "what_a_crowd_was_promised_is_there_and_never_more_than_the_capacity";
    for_all_histories(name, &CROWDED, crowd::play).await;
}
