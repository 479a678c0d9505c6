//! Crowd: clients that send requests without waiting for each other, and a ledger that checks their replies.
//!
//! There are too many orders to try. But for every order: acknowledged objects exist, a hold has one end, the counters
//! are the sum of the holds and bookings, and the journal, read in order, never exceeds the capacity.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use test_support::history::Step;
use test_support::model::{Event, Model, Op, Status};
use test_support::script::Script;
use test_support::violation::Violation;

use super::asking::{request, send};
use super::calendar::Calendar;
use super::house::{SERVERS, TwoServers};
use super::ledger::{Entry, Ledger};
use super::names::{Held, Names};
use super::opening::create_events;
use crate::support::Reply;

const CLIENTS: usize = 8;

/// State shared by all clients.
struct Crowd<'a> {
    servers: &'a TwoServers,
    calendar: Calendar,
    /// Ids from all replies: a client may use a hold or booking of another client.
    names: Mutex<Names>,
    ledger: Mutex<Ledger>,
}

pub async fn play(servers: &TwoServers, script: &Script) -> Result<(), Violation> {
    let world = with_all_on_sale(&script.world);
    let calendar = Calendar::start(servers.database(), servers.tick).await;
    let names = create_events(servers, &world, &calendar).await?;
    let crowd = Crowd { servers, calendar, names: Mutex::new(names), ledger: Mutex::default() };
    let steps_of = |client: usize| script.steps.iter().skip(client).step_by(CLIENTS);
    let clients = join_all((0..CLIENTS).map(|client| crowd.client(steps_of(client)))).await;
    servers.sweep(0).await?;

    let names = crowd.names.into_inner().unwrap_or_else(PoisonError::into_inner);
    let ledger = crowd.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    let checked = match clients.into_iter().collect() {
        Ok(()) => ledger.check(servers, &world, &names).await.and(calendar.check_pace(servers.database()).await),
        Err(violation) => Err(violation),
    };
    checked.map_err(|violation| format!("{violation}\n\n{}{}", script.world.describe(), ledger.transcript()))
}

/// World with all events on sale, because time does not advance and so no later sale would start.
fn with_all_on_sale(world: &Model) -> Model {
    let on_sale = |event: &Event| Event { status: Status::OnSale, sale_starts: None, sale_ends: None, ..event.clone() };
    Model { events: world.events.iter().map(on_sale).collect(), ..world.clone() }
}

impl Crowd<'_> {
    async fn client(&self, steps: impl Iterator<Item = &Step>) -> Result<(), Violation> {
        for step in steps {
            let server = step.spare as usize % SERVERS;
            let op = lock(&self.names).with_known_numbers(&step.op);
            match &op {
                // Skipped: they could end the sale, and later requests would all be refused.
                Op::Amend { .. } | Op::Delete { .. } => {}
                Op::ExpireDue { hold } => {
                    let hold_id = lock(&self.names).hold(*hold).to_owned();
                    if self.servers.database().make_overdue_under_the_lock(&hold_id).await {
                        lock(&self.ledger).write(Entry { op, hold_id: Some(hold_id), reply: None });
                    }
                    self.servers.sweep(server).await?;
                }
                _ => self.send_request(op, server).await?,
            }
        }
        Ok(())
    }

    async fn send_request(&self, op: Op, server: usize) -> Result<(), Violation> {
        let (http_request, hold_id) = {
            let names = lock(&self.names);
            (request(&op, &names, &self.calendar), hold_of(&op, &names))
        };
        let http_request = http_request.ok_or("a sweep is not sent over HTTP")?;
        let reply = send(self.servers.client(server), &http_request).await?;
        self.learn(&op, &reply);
        lock(&self.ledger).write(Entry { op, hold_id, reply: Some(reply) });
        Ok(())
    }

    fn learn(&self, op: &Op, reply: &Reply) {
        let text = |member: &str| reply.body[member].as_str().unwrap_or_default().to_owned();
        if reply.status != 201 {
            return;
        }
        let mut names = lock(&self.names);
        match op {
            Op::Place(place) => {
                let held = Held { id: text("hold_id"), token: text("payment_token") };
                names.holds.insert(place.hold, held);
            }
            Op::Book { booking, .. } => _ = names.bookings.insert(*booking, text("booking_id")),
            _ => {}
        }
    }
}

fn hold_of(op: &Op, names: &Names) -> Option<String> {
    match op {
        Op::Extend { hold, .. }
        | Op::Release { hold, .. }
        | Op::ExpireNow { hold }
        | Op::ChangeItems { hold, .. }
        | Op::Book { hold, .. } => Some(names.hold(*hold).to_owned()),
        _ => None,
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
