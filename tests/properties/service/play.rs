//! Plays a history over HTTP, in rounds; the model must explain each round.

use std::fmt::Write;

use futures_util::future::join_all;
use test_support::history::{PRICE_RISE, Step};
use test_support::model::Op;
use test_support::script::Script;
use test_support::violation::Violation;

use super::asking::{request, send};
use super::calendar::Calendar;
use super::explain::{Answered, World, explain};
use super::house::{SERVERS, TwoServers};
use super::looking::Targets;
use super::opening::create_events;

/// Timing of the requests of a batch.
#[derive(Clone, Copy, Debug)]
pub enum Timing {
    Sequential,
    Simultaneous,
}

struct Case<'a> {
    servers: &'a TwoServers,
    world: World,
    calendar: Calendar,
    /// Requests and replies so far, for the failure message.
    transcript: String,
}

pub async fn play(servers: &TwoServers, script: &Script, timing: Timing) -> Result<(), Violation> {
    let calendar = Calendar::start(servers.database(), servers.tick).await;
    let names = create_events(servers, &script.world, &calendar).await?;
    let world = World { model: script.world.clone(), names, now: 0 };
    let mut case = Case { servers, world, calendar, transcript: script.world.describe() };
    let played = case.play(&script.steps, timing).await;
    played.map_err(|violation| format!("{violation}\n\n{}", case.transcript))
}

impl Case<'_> {
    async fn play(&mut self, steps: &[Step], timing: Timing) -> Result<(), Violation> {
        for batch in steps.chunk_by(|a, b| a.batch == b.batch) {
            self.advance_time(&batch[0]).await;
            let at_once = match timing {
                Timing::Sequential => 1,
                Timing::Simultaneous => batch.len(),
            };
            for round in batch.chunks(at_once) {
                self.round(round).await?;
            }
        }
        self.end().await
    }

    async fn advance_time(&mut self, step: &Step) {
        // Pauses are whole ticks; the rest is the delay that `explain` has assumed for a slow machine.
        let late = self.world.now % self.servers.tick;
        self.calendar.advance_to(step.at, self.servers.database(), &self.world.names.events).await;
        self.world.now = step.at + late;
        let _ = writeln!(self.transcript, "at {}:", step.at);
        if let Some(type_no) = step.raised_type {
            let id = self.world.names.ticket_type(type_no);
            let statement =
                format!("UPDATE ticket_types SET price = price + {PRICE_RISE} WHERE ticket_type_id = '{id}'");
            self.servers.database().execute(statement).await;
            self.world.model.types[type_no].price += PRICE_RISE;
        }
    }

    /// Sends requests at the same time, and reads the objects that they concern once all are answered.
    async fn round(&mut self, steps: &[Step]) -> Result<(), Violation> {
        let (world, calendar) = (&self.world, &self.calendar);
        let requests =
            steps.iter().map(|step| (world.names.with_known_numbers(&step.op), step.spare as usize % SERVERS));
        let requests: Vec<(Op, usize)> = requests.collect();
        let mut targets = Targets::default();
        requests.iter().for_each(|(op, _)| targets.add(op, &world.model));
        let answered = join_all(requests.iter().map(|(op, server)| self.send_request(op, *server))).await;
        let answered = answered.into_iter().collect::<Result<Vec<_>, _>>()?;
        self.transcript.push_str(&describe(&answered));

        let swept = matches!(requests[..], [(Op::ExpireDue { .. }, _)]);
        let server = (steps[0].spare as usize / SERVERS) % SERVERS;
        let observed = targets.observe(self.servers, server, &world.names, swept).await?;
        self.world = explain(world, &answered, &observed, calendar)?;
        Ok(())
    }

    async fn send_request(&self, op: &Op, server: usize) -> Result<Answered, Violation> {
        let reply = match request(op, &self.world.names, &self.calendar) {
            Some(request) => Some(send(self.servers.client(server), &request).await?),
            None => {
                self.servers.sweep(server).await?;
                None
            }
        };
        Ok(Answered { op: op.clone(), reply })
    }

    async fn end(&mut self) -> Result<(), Violation> {
        self.servers.sweep(0).await?;
        let World { model, names, now } = &self.world;
        let observed = Targets::everything(model).observe(self.servers, 1, names, true).await?;
        observed.check(model, names, &self.calendar, *now)?;
        self.servers.check_invariants().await?;
        self.calendar.check_pace(self.servers.database()).await
    }
}

fn describe(answered: &[Answered]) -> String {
    let mut text = String::new();
    for Answered { op, reply } in answered {
        let reply = reply.as_ref().map_or("swept".into(), |reply| format!("{} {}", reply.status.as_u16(), reply.text));
        let _ = writeln!(text, "  {op:?}\n    -> {reply}");
    }
    text
}
