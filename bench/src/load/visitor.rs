//! What one client does next, and what the answer is worth.

use std::io;
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use uuid::Uuid;

use super::recorder::Verdict;
use super::sale::Sale;
use super::zipf::Picker;
use crate::api::{self, HoldPlaced};
use crate::client::{Answer, Client};

/// Of a hundred visits of the mixed traffic, so many look, and so many hold; the others book.
const LOOK_PERCENT: u32 = 90;
const HOLD_PERCENT: u32 = 8;

/// What all clients of a window do. The requests are made before it begins. Cheap to clone.
#[derive(Clone)]
pub enum Traffic {
    /// One request, again and again.
    Same(Arc<[u8]>),
    /// One of many requests, drawn anew each time.
    Among(Arc<[Box<[u8]>]>, Picker),
    /// A hold, then its booking. Both together are one visit.
    Checkout(Arc<[u8]>),
    /// Looks, holds and bookings, of events that are drawn anew each time.
    Mixed(Arc<[EventRequests]>, Picker),
    /// Seats of one event, which become fewer.
    Seats(Arc<Sale>),
}

/// What can be asked about one event.
pub struct EventRequests {
    pub status: Box<[u8]>,
    pub hold: Box<[u8]>,
}

impl EventRequests {
    pub fn of(event_id: Uuid) -> Self {
        Self { status: api::event_status(event_id).into(), hold: api::place_hold(event_id, 1, None).into() }
    }
}

impl Traffic {
    pub fn place_hold(event_id: Uuid) -> Self {
        Self::Same(api::place_hold(event_id, 1, None).into())
    }

    pub fn checkout(event_id: Uuid) -> Self {
        Self::Checkout(api::place_hold(event_id, 1, None).into())
    }

    pub fn among(requests: impl Iterator<Item = Vec<u8>>, picker: Picker) -> Self {
        Self::Among(requests.map(Vec::into_boxed_slice).collect(), picker)
    }
}

/// One client's part of the traffic.
pub struct Visitor {
    traffic: Traffic,
    rng: SmallRng,
    /// Held and not yet booked.
    holds: Vec<HoldPlaced>,
}

impl Visitor {
    /// What a visitor draws depends on the index alone.
    pub fn new(traffic: Traffic, index: usize) -> Self {
        Self { traffic, rng: SmallRng::seed_from_u64(index as u64), holds: Vec::new() }
    }

    /// One visit. A connection that fails is a verdict too.
    pub async fn visit(&mut self, client: &mut Client) -> Verdict {
        let visited = match &self.traffic {
            Traffic::Same(request) => send(client, request).await,
            Traffic::Among(requests, picker) => send(client, &requests[picker.pick(&mut self.rng)]).await,
            Traffic::Checkout(hold) => checkout(client, hold).await,
            Traffic::Mixed(events, picker) => {
                let event = &events[picker.pick(&mut self.rng)];
                let draw = self.rng.random_range(0..100);
                mixed(client, event, draw, &mut self.holds).await
            }
            Traffic::Seats(sale) => sale.visit(client, &mut self.rng).await,
        };
        visited.unwrap_or_else(|error| Verdict::Failed(error.to_string()))
    }
}

async fn send(client: &mut Client, request: &[u8]) -> io::Result<Verdict> {
    client.send(request).await.map(|answer| judge(&answer))
}

async fn checkout(client: &mut Client, hold: &[u8]) -> io::Result<Verdict> {
    match place(client, hold).await? {
        Ok(placed) => send(client, &api::book(&placed)).await,
        Err(verdict) => Ok(verdict),
    }
}

/// A visitor who would book and holds nothing yet holds instead: over time the shares come out right, and nothing is
/// booked that was not held.
async fn mixed(
    client: &mut Client,
    event: &EventRequests,
    draw: u32,
    holds: &mut Vec<HoldPlaced>,
) -> io::Result<Verdict> {
    if draw < LOOK_PERCENT {
        return send(client, &event.status).await;
    }
    let booked = if draw < LOOK_PERCENT + HOLD_PERCENT { None } else { holds.pop() };
    match booked {
        Some(hold) => send(client, &api::book(&hold)).await,
        None => match place(client, &event.hold).await? {
            Ok(placed) => {
                holds.push(placed);
                Ok(Verdict::Accepted)
            }
            Err(verdict) => Ok(verdict),
        },
    }
}

async fn place(client: &mut Client, hold: &[u8]) -> io::Result<Result<HoldPlaced, Verdict>> {
    let answer = client.send(hold).await?;
    Ok(match judge(&answer) {
        Verdict::Accepted => serde_json::from_slice(answer.body).map_err(|_| Verdict::Failed("no hold".to_owned())),
        other => Err(other),
    })
}

/// What the API promises for lack of room, of places and of seats.
const REFUSALS: [&str; 3] = ["INSUFFICIENT_SEATS", "SEATS_UNAVAILABLE", "SEATS_NOT_TOGETHER"];

pub(super) fn judge(answer: &Answer<'_>) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Accepted,
        409 if api::problem_code(answer).is_some_and(|code| REFUSALS.contains(&code)) => Verdict::Refused,
        503 if answer.retry_after.is_some() => Verdict::Shed,
        503 => Verdict::Failed("503 without Retry-After".to_owned()),
        _ => Verdict::Failed(api::label(answer)),
    }
}
