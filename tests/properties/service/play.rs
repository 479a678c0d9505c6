//! Playing a history: asked over HTTP, in rounds, each of which the model must explain.

use std::fmt::Write;

use futures_util::future::join_all;

use super::asking::{request, send};
use super::calendar::Calendar;
use super::explain::{Answered, World, explain};
use super::house::{House, SERVERS};
use super::looking::Places;
use super::opening::open;
use crate::model::Op;
use crate::model::random::{PRICE_RISE, Step};
use crate::rows::Violation;
use crate::script::Script;
use crate::stage::scene;

/// How the requests of a batch are made.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    OneByOne,
    Together,
}

struct Case<'a> {
    house: &'a House,
    world: World,
    calendar: Calendar,
    /// What happened, for whoever must understand a failure.
    story: String,
}

pub async fn play(house: &House, script: &Script, manner: Manner) -> Result<(), Violation> {
    let calendar = Calendar::begin(house.database(), house.tick).await;
    let names = open(house, &script.world, &calendar).await?;
    let world = World { model: script.world.clone(), names, now: 0 };
    let mut case = Case { house, world, calendar, story: scene(&script.world) };
    let played = case.play(&script.steps, manner).await;
    played.map_err(|violation| format!("{violation}\n\n{}", case.story))
}

impl Case<'_> {
    async fn play(&mut self, steps: &[Step], manner: Manner) -> Result<(), Violation> {
        for batch in steps.chunk_by(|a, b| a.batch == b.batch) {
            self.let_time_pass(&batch[0]).await;
            let at_once = match manner {
                Manner::OneByOne => 1,
                Manner::Together => batch.len(),
            };
            for round in batch.chunks(at_once) {
                self.round(round).await?;
            }
        }
        self.end().await
    }

    async fn let_time_pass(&mut self, step: &Step) {
        // Steps of time are whole ticks; what is left over is what a slow machine took.
        let late = self.world.now % self.house.tick;
        self.calendar.pass_until(step.at, self.house.database(), &self.world.names.events).await;
        self.world.now = step.at + late;
        let _ = writeln!(self.story, "at {}:", step.at);
        if let Some(of_type) = step.dearer {
            let id = self.world.names.of_type(of_type);
            let dearer = format!("UPDATE ticket_types SET price = price + {PRICE_RISE} WHERE ticket_type_id = '{id}'");
            self.house.database().execute(dearer).await;
            self.world.model.types[of_type].price += PRICE_RISE;
        }
    }

    /// Requests at the same time, and a look at what they concern once all are answered.
    async fn round(&mut self, steps: &[Step]) -> Result<(), Violation> {
        let (world, calendar) = (&self.world, &self.calendar);
        let asked = steps.iter().map(|step| (world.names.as_known(&step.op), step.spare as usize % SERVERS));
        let asked: Vec<(Op, usize)> = asked.collect();
        let mut places = Places::default();
        asked.iter().for_each(|(op, _)| places.add(op, &world.model));
        let answered = join_all(asked.iter().map(|(op, server)| self.ask(op, *server))).await;
        let answered = answered.into_iter().collect::<Result<Vec<_>, _>>()?;
        self.story.push_str(&told(&answered));

        let swept = matches!(asked[..], [(Op::ExpireDue { .. }, _)]);
        let server = (steps[0].spare as usize / SERVERS) % SERVERS;
        let seen = places.look(self.house, server, &world.names, swept).await?;
        self.world = explain(world, &answered, &seen, calendar)?;
        Ok(())
    }

    async fn ask(&self, op: &Op, server: usize) -> Result<Answered, Violation> {
        let reply = match request(op, &self.world.names, &self.calendar) {
            Some(request) => Some(send(self.house.client(server), &request).await?),
            None => {
                self.house.sweep(server).await?;
                None
            }
        };
        Ok(Answered { op: op.clone(), reply })
    }

    async fn end(&mut self) -> Result<(), Violation> {
        self.house.sweep(0).await?;
        let World { model, names, now } = &self.world;
        let seen = Places::everything(model).look(self.house, 1, names, true).await?;
        seen.check(model, names, &self.calendar, *now)?;
        self.house.audit().await?;
        self.calendar.check_pace(self.house.database()).await
    }
}

fn told(answered: &[Answered]) -> String {
    let mut told = String::new();
    for Answered { op, reply } in answered {
        let reply = reply.as_ref().map_or("swept".into(), |reply| format!("{} {}", reply.status.as_u16(), reply.text));
        let _ = writeln!(told, "  {op:?}\n    -> {reply}");
    }
    told
}
