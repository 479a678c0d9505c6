//! Searches an order of simultaneous requests in which the model answers each of them as the service did.
//!
//! The service may decide simultaneous requests in any order, in one batch or in several. There must be an order that
//! explains every answer and all later reads; clients rely on that.

use test_support::model::{Model, Op, Seconds};
use test_support::violation::Violation;

use super::calendar::{Calendar, LATE_SECONDS};
use super::looking::Observed;
use super::names::Names;
use super::replies;
use crate::support::Reply;

/// Model, and the ids of its objects in the service.
#[derive(Clone)]
pub struct World {
    pub model: Model,
    pub names: Names,
    pub now: Seconds,
}

/// Request and its reply; no reply for a sweep.
pub struct Answered {
    pub op: Op,
    pub reply: Option<Reply>,
}

/// Returns the world after all requests, in an order that explains the replies and the observed state.
pub fn explain(
    world: &World,
    answered: &[Answered],
    observed: &Observed,
    calendar: &Calendar,
) -> Result<World, Violation> {
    let mut search = Search { answers: answered.len(), observed, calendar, most_explained: 0, mismatch: String::new() };
    let left: Vec<&Answered> = answered.iter().collect();
    let Search { answers, .. } = search;
    search.find_order(world, &left).ok_or_else(|| {
        let Search { most_explained, mismatch, .. } = search;
        format!("no order explains more than {most_explained} of {answers} answers; then {mismatch}")
    })
}

struct Search<'a> {
    answers: usize,
    observed: &'a Observed,
    calendar: &'a Calendar,
    /// Number of answers that the best order explained, and the mismatch that ended it.
    most_explained: usize,
    mismatch: Violation,
}

impl Search<'_> {
    fn find_order(&mut self, world: &World, left: &[&Answered]) -> Option<World> {
        let explained = self.answers - left.len();
        if left.is_empty() {
            let observed = self.observed.check(&world.model, &world.names, self.calendar, world.now);
            return observed.map_err(|violation| self.record(explained, violation)).ok().map(|()| world.clone());
        }
        for index in 0..left.len() {
            let mut rest = left.to_vec();
            let next = rest.remove(index);
            // On a slow machine so much time may have passed that a second extension is no repeat of the first.
            let late = self.calendar.may_be_slow() && matches!(next.op, Op::Extend { .. });
            let pauses: &[Seconds] = if late { &[0, LATE_SECONDS] } else { &[0] };
            for pause in pauses {
                match apply_answer(world, next, *pause, self.calendar) {
                    Ok(after) => {
                        if let Some(end) = self.find_order(&after, &rest) {
                            return Some(end);
                        }
                    }
                    Err(violation) => self.record(explained, violation),
                }
            }
        }
        None
    }

    fn record(&mut self, explained: usize, violation: Violation) {
        if explained > self.most_explained || self.mismatch.is_empty() {
            (self.most_explained, self.mismatch) = (explained, violation);
        }
    }
}

fn apply_answer(world: &World, answered: &Answered, pause: Seconds, calendar: &Calendar) -> Result<World, Violation> {
    let mut after = world.clone();
    after.now += pause;
    let expected = after.model.apply(&answered.op, after.now);
    if let Some(reply) = &answered.reply {
        replies::check(&expected, reply, &mut after.names, calendar).map_err(|violation| {
            format!(
                "{:?}\n  must be answered {expected:?}\n  but {violation}, in {} {}",
                answered.op, reply.status, reply.text
            )
        })?;
    }
    Ok(after)
}
