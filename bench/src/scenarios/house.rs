//! A venue with numbered seats, events in it, and holds that fill them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom as _;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::api::{self, EventCreated, HoldPlaced, VenueCreated};
use crate::client::Client;
use crate::target::Target;

/// Seats of one section.
const SECTION_SEATS: u32 = 25 * 40;
const ROWS: &str = "rows 1-25, seats 1-40, aisle after 12 and 28";

/// The most seats of one hold.
const SEATS_PER_HOLD_MAX: usize = 100;

/// Connections for requests that are not measured.
const CONNECTIONS: usize = 16;

pub struct SeatedVenue {
    pub venue: VenueCreated,
    pub seats: u32,
    /// Time of the request that created it.
    pub took: Duration,
}

impl SeatedVenue {
    /// Creates a venue.
    ///
    /// # Errors
    ///
    /// When the service does not create it.
    pub async fn create(target: Target, sections: u32) -> anyhow::Result<Self> {
        let (venue, took) = create(target, &api::create_venue("bench", sections, ROWS)).await?;
        Ok(Self { venue, seats: sections * SECTION_SEATS, took })
    }

    /// Creates an event on sale. Returns its id and the time of the request.
    ///
    /// # Errors
    ///
    /// When the service does not create it.
    pub async fn create_event(&self, target: Target) -> anyhow::Result<(Uuid, Duration)> {
        let request = api::create_seated_event("bench", self.venue.venue_id);
        let (event, took) = create::<EventCreated>(target, &request).await?;
        Ok((event.event_id, took))
    }

    /// All seats in random order, which depends on the seed alone.
    pub fn shuffled_seats(&self, seed: u64) -> Vec<u32> {
        let mut seats: Vec<u32> = (0..self.seats).collect();
        seats.shuffle(&mut SmallRng::seed_from_u64(seed));
        seats
    }
}

async fn create<T: serde::de::DeserializeOwned>(target: Target, request: &[u8]) -> anyhow::Result<(T, Duration)> {
    let mut client = Client::new(target);
    client.connect().await?;
    let sent = Instant::now();
    let answer = client.send(request).await?;
    let took = sent.elapsed();
    ensure!(answer.status == 201, "cannot create a venue or an event: {}", api::label(&answer));
    Ok((serde_json::from_slice(answer.body).context("cannot parse a created venue or event")?, took))
}

/// Holds available seats, with as few holds as possible.
///
/// # Errors
///
/// When a hold is refused.
pub async fn hold(target: Target, event_id: Uuid, seats: &[u32]) -> anyhow::Result<Vec<HoldPlaced>> {
    let mut client = Client::new(target);
    let mut holds = Vec::new();
    for seats in seats.chunks(SEATS_PER_HOLD_MAX) {
        let answer = client.send(&api::hold_seats(event_id, seats)).await?;
        ensure!(answer.status == 201, "cannot hold available seats: {}", api::label(&answer));
        holds.push(serde_json::from_slice(answer.body).context("cannot parse a hold")?);
    }
    Ok(holds)
}

/// Books holds.
///
/// # Errors
///
/// When one of them cannot be booked.
pub async fn book(target: Target, holds: &[HoldPlaced]) -> anyhow::Result<()> {
    let requests = holds.iter().map(api::book).collect();
    send_all(target, requests, 201).await.context("cannot book a hold")
}

/// Releases holds.
///
/// # Errors
///
/// When one of them cannot be released.
pub async fn release(target: Target, holds: &[HoldPlaced]) -> anyhow::Result<()> {
    let requests = holds.iter().map(api::release).collect();
    send_all(target, requests, 200).await.context("cannot release a hold")
}

/// Sends requests over several connections at once. Each must be answered with the expected status.
async fn send_all(target: Target, requests: Vec<Vec<u8>>, expected: u16) -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    let share = requests.len().div_ceil(CONNECTIONS).max(1);
    let mut requests = requests.into_iter();
    loop {
        let requests: Vec<_> = requests.by_ref().take(share).collect();
        if requests.is_empty() {
            break;
        }
        tasks.spawn(async move {
            let mut client = Client::new(target);
            for request in &requests {
                let answer = client.send(request).await?;
                ensure!(answer.status == expected, "the answer was {}", api::label(&answer));
            }
            Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a client failed")??;
    }
    Ok(())
}
