//! Explaining: an order of the requests in which the model answers each of them as the service did.
//!
//! Requests that were made at the same time may have been decided in any order, in one batch or in several. Whatever it
//! was, some order must explain every answer and all that is seen afterwards; nothing less is what clients rely on.

use super::calendar::{Calendar, LATE};
use super::looking::Seen;
use super::names::Names;
use super::replies;
use crate::model::{Model, Op, Seconds};
use crate::rows::Violation;
use crate::support::Reply;

/// What should be, and what it is called over HTTP.
#[derive(Clone)]
pub struct World {
    pub model: Model,
    pub names: Names,
    pub now: Seconds,
}

/// A request and its answer; none for the sweeper's.
pub struct Answered {
    pub op: Op,
    pub reply: Option<Reply>,
}

/// The world after all of it.
pub fn explain(world: &World, answered: &[Answered], seen: &Seen, calendar: &Calendar) -> Result<World, Violation> {
    let mut search = Search { all: answered.len(), seen, calendar, deepest: 0, why: String::new() };
    let left: Vec<&Answered> = answered.iter().collect();
    let Search { all, .. } = search;
    search.follow(world, &left).ok_or_else(|| {
        let Search { deepest, why, .. } = search;
        format!("no order explains more than {deepest} of {all} answers; then {why}")
    })
}

struct Search<'a> {
    all: usize,
    seen: &'a Seen,
    calendar: &'a Calendar,
    /// How many answers the best order explained, and why it ended.
    deepest: usize,
    why: Violation,
}

impl Search<'_> {
    fn follow(&mut self, world: &World, left: &[&Answered]) -> Option<World> {
        let explained = self.all - left.len();
        if left.is_empty() {
            let seen = self.seen.check(&world.model, &world.names, self.calendar, world.now);
            return seen.map_err(|violation| self.note(explained, violation)).ok().map(|()| world.clone());
        }
        for index in 0..left.len() {
            let mut rest = left.to_vec();
            let next = rest.remove(index);
            // On a slow machine so much time may have passed that an extension is no repeat of the one before.
            let late = self.calendar.may_be_late() && matches!(next.op, Op::Extend { .. });
            let pauses: &[Seconds] = if late { &[0, LATE] } else { &[0] };
            for pause in pauses {
                match after(world, next, *pause, self.calendar) {
                    Ok(after) => {
                        if let Some(end) = self.follow(&after, &rest) {
                            return Some(end);
                        }
                    }
                    Err(violation) => self.note(explained, violation),
                }
            }
        }
        None
    }

    fn note(&mut self, explained: usize, violation: Violation) {
        if explained > self.deepest || self.why.is_empty() {
            (self.deepest, self.why) = (explained, violation);
        }
    }
}

fn after(world: &World, answered: &Answered, pause: Seconds, calendar: &Calendar) -> Result<World, Violation> {
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
