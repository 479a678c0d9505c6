//! One client: holds, then books, releases or forgets, and looks at the event in between.

use std::sync::Arc;

use rand::Rng as _;
use rand::rngs::StdRng;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::retry::{CommitResolution, GivenUp, Patient};
use super::shared::{Settlement, Shared};
use crate::acknowledged::Acknowledged;
use crate::api::{self, Booked, EventStatus, HoldPlaced};

/// Of the clients without a hold, so many per cent look at the event before they hold.
const LOOK_PERCENT: u32 = 30;

/// Of the holds, so many per cent are booked, and so many released; the rest is left to expire.
const BOOK_PERCENT: u32 = 60;
const RELEASE_PERCENT: u32 = 25;

/// Seats per hold, at most.
const QTY_MAX: u32 = 4;

pub struct Session {
    event_id: Uuid,
    patient: Patient,
    rng: StdRng,
    shared: Arc<Shared>,
    /// What the client has in its hands.
    hold: Option<HoldPlaced>,
}

/// What an answer is worth.
enum Verdict<T> {
    /// The client got what it asked for, and may hold the server to it.
    Granted(T, Option<Acknowledged>),
    /// It did not, as the API promises in this state.
    Refused,
    /// The API promises another answer than this. Says why, where the status does not.
    Wrong(&'static str),
}

impl Session {
    pub fn new(event_id: Uuid, patient: Patient, rng: StdRng, shared: Arc<Shared>) -> Self {
        Self { event_id, patient, rng, shared, hold: None }
    }

    /// One request after the other, until none is left.
    ///
    /// # Errors
    ///
    /// When what was acknowledged cannot be written.
    pub async fn run(mut self) -> anyhow::Result<()> {
        while self.shared.take().await {
            let draw = self.rng.random_range(0..100);
            match self.hold.take() {
                None if draw < LOOK_PERCENT => self.look().await?,
                None => self.hold = self.place().await?,
                Some(hold) if draw < BOOK_PERCENT => self.book(&hold).await?,
                Some(hold) if draw < BOOK_PERCENT + RELEASE_PERCENT => self.release(&hold).await?,
                Some(_forgotten) => self.hold = self.place().await?,
            }
        }
        Ok(())
    }

    async fn look(&mut self) -> anyhow::Result<()> {
        let request = api::event_status(self.event_id);
        let judge = |settled: &CommitResolution| match parsed::<EventStatus>(settled, 200) {
            Some(status) if status.adds_up() => Verdict::Granted((), None),
            Some(_) => Verdict::Wrong("the counters do not add up"),
            None => Verdict::Wrong(""),
        };
        self.ask("status", &request, judge).await.map(drop)
    }

    async fn place(&mut self) -> anyhow::Result<Option<HoldPlaced>> {
        let (event_id, qty) = (self.event_id, self.rng.random_range(1..=QTY_MAX));
        let request = api::place_hold(event_id, qty, Some(Uuid::new_v4()));
        let judge = |settled: &CommitResolution| match parsed::<HoldPlaced>(settled, 201) {
            Some(hold) => {
                let hold_id = hold.hold_id;
                Verdict::Granted(hold, Some(Acknowledged::Hold { hold_id, event_id, qty }))
            }
            None if settled.label == "409 INSUFFICIENT_SEATS" => Verdict::Refused,
            None => Verdict::Wrong(""),
        };
        self.ask("hold", &request, judge).await
    }

    async fn book(&mut self, hold: &HoldPlaced) -> anyhow::Result<()> {
        let request = api::book(hold);
        let judge = |settled: &CommitResolution| match parsed::<Booked>(settled, 201) {
            Some(Booked { booking_id, hold_id }) if hold_id == hold.hold_id => {
                Verdict::Granted((), Some(Acknowledged::Booking { booking_id, hold_id }))
            }
            Some(_) => Verdict::Wrong("a booking of another hold"),
            None => Verdict::Wrong(""),
        };
        self.ask("book", &request, judge).await.map(drop)
    }

    async fn release(&mut self, hold: &HoldPlaced) -> anyhow::Result<()> {
        let request = api::release(hold);
        let hold_id = hold.hold_id;
        let judge = |settled: &CommitResolution| match settled.status {
            200 | 204 => Verdict::Granted((), Some(Acknowledged::Release { hold_id })),
            _ => Verdict::Wrong(""),
        };
        self.ask("release", &request, judge).await.map(drop)
    }

    /// Sends a request and writes down what became of it. `None` when the client did not get what it asked for.
    async fn ask<T>(
        &mut self,
        what: &str,
        request: &[u8],
        judge: impl FnOnce(&CommitResolution) -> Verdict<T>,
    ) -> anyhow::Result<Option<T>> {
        let settled = match self.patient.send(request).await {
            Ok(settled) => settled,
            Err(given_up) => {
                if given_up.out_of_time {
                    self.shared.give_up();
                }
                self.shared.settle(hopeless(what, given_up))?;
                return Ok(None);
            }
        };
        let (granted, acknowledged, is_expected, why) = match judge(&settled) {
            Verdict::Granted(granted, acknowledged) => (Some(granted), acknowledged, true, ""),
            Verdict::Refused => (None, None, true, ""),
            Verdict::Wrong(why) => (None, None, false, why),
        };
        self.shared.settle(Settlement {
            label: format!("{what} {} {why}", settled.label).trim_end().to_owned(),
            is_expected,
            given_up: false,
            replayed: settled.replayed,
            repeated: settled.repeated,
            acknowledged,
        })?;
        Ok(granted)
    }
}

fn hopeless(what: &str, given_up: GivenUp) -> Settlement {
    Settlement {
        label: format!("{what} given up: {}", given_up.last),
        is_expected: false,
        given_up: true,
        replayed: false,
        repeated: given_up.repeated,
        acknowledged: None,
    }
}

/// The body, if the answer has this status and the body is what belongs to it.
fn parsed<T: DeserializeOwned>(settled: &CommitResolution, status: u16) -> Option<T> {
    let belongs = settled.status == status;
    belongs.then(|| serde_json::from_slice(&settled.body).ok()).flatten()
}
