//! A crowd: clients that ask without waiting for each other, and a book-keeper who compares what they were told.
//!
//! No order can be tried, there are too many. But whatever the order was: what was acknowledged is there, a hold has one
//! end, the counters are the sum of it, and the journal, read in its order, never passes the capacity.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;

use super::asking::{request, send};
use super::calendar::Calendar;
use super::house::{House, SERVERS};
use super::ledger::{Entry, Ledger};
use super::names::{Held, Names};
use super::opening::open;
use crate::model::random::Step;
use crate::model::{Event, Model, Op, Status};
use crate::rows::Violation;
use crate::script::Script;
use crate::stage::scene;
use crate::support::Reply;

const CLIENTS: usize = 8;

/// What the clients of a crowd share.
struct Crowd<'a> {
    house: &'a House,
    calendar: Calendar,
    /// Whoever has heard of a hold or a booking may ask for it.
    names: Mutex<Names>,
    ledger: Mutex<Ledger>,
}

pub async fn play(house: &House, script: &Script) -> Result<(), Violation> {
    let world = always_on_sale(&script.world);
    let calendar = Calendar::begin(house.database(), house.tick).await;
    let names = open(house, &world, &calendar).await?;
    let crowd = Crowd { house, calendar, names: Mutex::new(names), ledger: Mutex::default() };
    let steps_of = |client: usize| script.steps.iter().skip(client).step_by(CLIENTS);
    let clients = join_all((0..CLIENTS).map(|client| crowd.client(steps_of(client)))).await;
    house.sweep(0).await?;

    let names = crowd.names.into_inner().unwrap_or_else(PoisonError::into_inner);
    let ledger = crowd.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    let compared = match clients.into_iter().collect() {
        Ok(()) => ledger.compare(house, &world, &names).await.and(calendar.check_pace(house.database()).await),
        Err(violation) => Err(violation),
    };
    compared.map_err(|violation| format!("{violation}\n\n{}{}", scene(&script.world), ledger.told()))
}

/// Time stands still, so a sale that has not begun never would.
fn always_on_sale(world: &Model) -> Model {
    let on_sale = |event: &Event| Event { status: Status::OnSale, sale_starts: None, sale_ends: None, ..event.clone() };
    Model { events: world.events.iter().map(on_sale).collect(), ..world.clone() }
}

impl Crowd<'_> {
    async fn client(&self, steps: impl Iterator<Item = &Step>) -> Result<(), Violation> {
        for step in steps {
            let server = step.spare as usize % SERVERS;
            let op = lock(&self.names).as_known(&step.op);
            match &op {
                // They end everything, and nobody would have much left to ask.
                Op::Amend { .. } | Op::Delete { .. } => {}
                Op::ExpireDue { hold } => {
                    let hold_id = lock(&self.names).hold(*hold).to_owned();
                    if self.house.database().make_overdue_under_the_lock(&hold_id).await {
                        lock(&self.ledger).write(Entry { op, hold_id: Some(hold_id), reply: None });
                    }
                    self.house.sweep(server).await?;
                }
                _ => self.ask(op, server).await?,
            }
        }
        Ok(())
    }

    async fn ask(&self, op: Op, server: usize) -> Result<(), Violation> {
        let (asked, hold_id) = {
            let names = lock(&self.names);
            (request(&op, &names, &self.calendar), hold_of(&op, &names))
        };
        let asked = asked.ok_or("only clients ask here")?;
        let reply = send(self.house.client(server), &asked).await?;
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
