//! The requests of one client, and the outcome of an answer.

use std::io;
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use uuid::Uuid;

use super::recorder::RequestOutcome;
use super::sale::Sale;
use super::zipf::EventDistribution;
use crate::api::{self, HoldPlaced};
use crate::client::{Answer, Client};

/// Percentages of status reads and holds in the mixed traffic; the rest are bookings.
const STATUS_PERCENT: u32 = 90;
const HOLD_PERCENT: u32 = 8;

/// The requests of all clients of a window, prepared before it begins. Cheap to clone.
#[derive(Clone)]
pub enum Traffic {
    /// The same request, again and again.
    Same(Arc<[u8]>),
    /// One of many requests, chosen at random for each visit.
    OneOf(Arc<[Box<[u8]>]>, EventDistribution),
    /// A hold and its booking, which together are one visit.
    Checkout(Arc<[u8]>),
    /// Status reads, holds and bookings of events that are chosen at random for each visit.
    Mixed(Arc<[EventRequests]>, EventDistribution),
    /// Holds of the seats of one event until they are sold.
    Seats(Arc<Sale>),
}

/// Prepared requests about one event.
pub struct EventRequests {
    pub status: Box<[u8]>,
    pub hold: Box<[u8]>,
}

impl EventRequests {
    pub fn new(event_id: Uuid) -> Self {
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

    pub fn one_of(requests: impl Iterator<Item = Vec<u8>>, distribution: EventDistribution) -> Self {
        Self::OneOf(requests.map(Vec::into_boxed_slice).collect(), distribution)
    }
}

/// A simulated visitor: one client and its random choices.
pub struct Visitor {
    traffic: Traffic,
    rng: SmallRng,
    /// Holds that are not booked yet.
    holds: Vec<HoldPlaced>,
}

impl Visitor {
    /// The index is the seed of the visitor's random choices.
    pub fn new(traffic: Traffic, index: usize) -> Self {
        Self { traffic, rng: SmallRng::seed_from_u64(index as u64), holds: Vec::new() }
    }

    /// Runs one visit. A connection error is a failed outcome.
    pub async fn visit(&mut self, client: &mut Client) -> RequestOutcome {
        let result = match &self.traffic {
            Traffic::Same(request) => send(client, request).await,
            Traffic::OneOf(requests, distribution) => send(client, &requests[distribution.draw(&mut self.rng)]).await,
            Traffic::Checkout(hold) => checkout(client, hold).await,
            Traffic::Mixed(events, distribution) => {
                let event = &events[distribution.draw(&mut self.rng)];
                let percent = self.rng.random_range(0..100);
                mixed(client, event, percent, &mut self.holds).await
            }
            Traffic::Seats(sale) => sale.visit(client, &mut self.rng).await,
        };
        result.unwrap_or_else(|error| RequestOutcome::Failed(error.to_string()))
    }
}

async fn send(client: &mut Client, request: &[u8]) -> io::Result<RequestOutcome> {
    client.send(request).await.map(|answer| classify(&answer))
}

async fn checkout(client: &mut Client, hold: &[u8]) -> io::Result<RequestOutcome> {
    match place(client, hold).await? {
        Ok(placed) => send(client, &api::book(&placed)).await,
        Err(outcome) => Ok(outcome),
    }
}

/// Reads the status, places a hold or books one, depending on `percent` (0 to 99). A visitor without a hold to book
/// places one instead, so the percentages are right only over time.
async fn mixed(
    client: &mut Client,
    event: &EventRequests,
    percent: u32,
    holds: &mut Vec<HoldPlaced>,
) -> io::Result<RequestOutcome> {
    if percent < STATUS_PERCENT {
        return send(client, &event.status).await;
    }
    let to_book = if percent < STATUS_PERCENT + HOLD_PERCENT { None } else { holds.pop() };
    match to_book {
        Some(hold) => send(client, &api::book(&hold)).await,
        None => match place(client, &event.hold).await? {
            Ok(placed) => {
                holds.push(placed);
                Ok(RequestOutcome::Accepted)
            }
            Err(outcome) => Ok(outcome),
        },
    }
}

async fn place(client: &mut Client, hold: &[u8]) -> io::Result<Result<HoldPlaced, RequestOutcome>> {
    let answer = client.send(hold).await?;
    Ok(match classify(&answer) {
        RequestOutcome::Accepted => {
            serde_json::from_slice(answer.body).map_err(|_| RequestOutcome::Failed("no hold".to_owned()))
        }
        other => Err(other),
    })
}

/// Error codes for lack of capacity.
const REFUSALS: [&str; 3] = ["INSUFFICIENT_SEATS", "SEATS_UNAVAILABLE", "SEATS_NOT_TOGETHER"];

/// The outcome of a request with this answer.
pub(super) fn classify(answer: &Answer<'_>) -> RequestOutcome {
    match answer.status {
        200..=299 => RequestOutcome::Accepted,
        409 if api::problem_code(answer).is_some_and(|code| REFUSALS.contains(&code)) => RequestOutcome::Refused,
        503 if answer.retry_after.is_some() => RequestOutcome::Shed,
        503 => RequestOutcome::Failed("503 without Retry-After".to_owned()),
        _ => RequestOutcome::Failed(api::label(answer)),
    }
}
