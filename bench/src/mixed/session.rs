//! One client: places holds, then books, releases or abandons them, and reads the event's status in between.

use std::sync::Arc;

use rand::Rng as _;
use rand::rngs::StdRng;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::retry::{FinalAnswer, GivenUp, RetryingClient};
use super::shared::{RequestResult, Shared};
use crate::acknowledged::Acknowledged;
use crate::api::{self, Booked, EventStatus, HoldPlaced};

/// Percentage of status reads among the requests without a present hold; the rest place one.
const STATUS_PERCENT: u32 = 30;

/// Percentages of holds that are booked and released; the rest is left to expire.
const BOOK_PERCENT: u32 = 60;
const RELEASE_PERCENT: u32 = 25;

/// The largest quantity of a hold.
const QTY_MAX: u32 = 4;

pub struct Session {
    event_id: Uuid,
    client: RetryingClient,
    rng: StdRng,
    shared: Arc<Shared>,
    /// The client's present hold.
    hold: Option<HoldPlaced>,
}

/// Assessment of an answer.
enum Assessment<T> {
    /// The request succeeded, and its effect was acknowledged if it has one.
    Succeeded(T, Option<Acknowledged>),
    /// The request was refused, as documented.
    Refused,
    /// The answer is not as documented. Has the reason if the status alone does not show it.
    Wrong(&'static str),
}

impl Session {
    pub fn new(event_id: Uuid, client: RetryingClient, rng: StdRng, shared: Arc<Shared>) -> Self {
        Self { event_id, client, rng, shared, hold: None }
    }

    /// Sends one request after the other until none is left.
    ///
    /// # Errors
    ///
    /// When acknowledged work cannot be written.
    pub async fn run(mut self) -> anyhow::Result<()> {
        while self.shared.begin_request().await {
            let percent = self.rng.random_range(0..100);
            match self.hold.take() {
                None if percent < STATUS_PERCENT => self.read_status().await?,
                None => self.hold = self.place().await?,
                Some(hold) if percent < BOOK_PERCENT => self.book(&hold).await?,
                Some(hold) if percent < BOOK_PERCENT + RELEASE_PERCENT => self.release(&hold).await?,
                Some(_abandoned) => self.hold = self.place().await?,
            }
        }
        Ok(())
    }

    async fn read_status(&mut self) -> anyhow::Result<()> {
        let request = api::event_status(self.event_id);
        let assess = |answer: &FinalAnswer| match parse_body::<EventStatus>(answer, 200) {
            Some(status) if status.adds_up() => Assessment::Succeeded((), None),
            Some(_) => Assessment::Wrong("the counters do not add up"),
            None => Assessment::Wrong(""),
        };
        self.send("status", &request, assess).await.map(drop)
    }

    async fn place(&mut self) -> anyhow::Result<Option<HoldPlaced>> {
        let (event_id, qty) = (self.event_id, self.rng.random_range(1..=QTY_MAX));
        let request = api::place_hold(event_id, qty, Some(Uuid::new_v4()));
        let assess = |answer: &FinalAnswer| match parse_body::<HoldPlaced>(answer, 201) {
            Some(hold) => {
                let hold_id = hold.hold_id;
                Assessment::Succeeded(hold, Some(Acknowledged::Hold { hold_id, event_id, qty }))
            }
            None if answer.label == "409 INSUFFICIENT_SEATS" => Assessment::Refused,
            None => Assessment::Wrong(""),
        };
        self.send("hold", &request, assess).await
    }

    async fn book(&mut self, hold: &HoldPlaced) -> anyhow::Result<()> {
        let request = api::book(hold);
        let assess = |answer: &FinalAnswer| match parse_body::<Booked>(answer, 201) {
            Some(Booked { booking_id, hold_id }) if hold_id == hold.hold_id => {
                Assessment::Succeeded((), Some(Acknowledged::Booking { booking_id, hold_id }))
            }
            Some(_) => Assessment::Wrong("a booking of another hold"),
            None => Assessment::Wrong(""),
        };
        self.send("book", &request, assess).await.map(drop)
    }

    async fn release(&mut self, hold: &HoldPlaced) -> anyhow::Result<()> {
        let request = api::release(hold);
        let hold_id = hold.hold_id;
        let assess = |answer: &FinalAnswer| match answer.status {
            200 | 204 => Assessment::Succeeded((), Some(Acknowledged::Release { hold_id })),
            _ => Assessment::Wrong(""),
        };
        self.send("release", &request, assess).await.map(drop)
    }

    /// Sends a request and records its result. `None` unless it succeeded.
    async fn send<T>(
        &mut self,
        operation: &str,
        request: &[u8],
        assess: impl FnOnce(&FinalAnswer) -> Assessment<T>,
    ) -> anyhow::Result<Option<T>> {
        let answer = match self.client.send(request).await {
            Ok(answer) => answer,
            Err(given_up) => {
                if given_up.out_of_time {
                    self.shared.stop();
                }
                self.shared.record(given_up_result(operation, given_up))?;
                return Ok(None);
            }
        };
        let (value, acknowledged, is_expected, reason) = match assess(&answer) {
            Assessment::Succeeded(value, acknowledged) => (Some(value), acknowledged, true, ""),
            Assessment::Refused => (None, None, true, ""),
            Assessment::Wrong(reason) => (None, None, false, reason),
        };
        self.shared.record(RequestResult {
            label: format!("{operation} {} {reason}", answer.label).trim_end().to_owned(),
            is_expected,
            given_up: false,
            replayed: answer.replayed,
            repeated: answer.repeated,
            acknowledged,
        })?;
        Ok(value)
    }
}

fn given_up_result(operation: &str, given_up: GivenUp) -> RequestResult {
    RequestResult {
        label: format!("{operation} given up: {}", given_up.last),
        is_expected: false,
        given_up: true,
        replayed: false,
        repeated: given_up.repeated,
        acknowledged: None,
    }
}

/// The parsed body, if the answer has this status.
fn parse_body<T: DeserializeOwned>(answer: &FinalAnswer, status: u16) -> Option<T> {
    let has_status = answer.status == status;
    has_status.then(|| serde_json::from_slice(&answer.body).ok()).flatten()
}
