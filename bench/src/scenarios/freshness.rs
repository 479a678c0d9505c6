//! Checks that the status of an event includes all holds that were acknowledged before the request. One client checks
//! while others send load, because fast reads must not be stale.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::time::sleep;
use uuid::Uuid;

use crate::api::{self, EventStatus};
use crate::client::Client;
use crate::results::Checks;
use crate::target::Target;

/// Pause between two checks: short enough to find a cache, long enough not to be part of the load.
const PAUSE: Duration = Duration::from_millis(10);

/// Places a hold and reads the status, again and again. No other client places holds of this event.
///
/// # Errors
///
/// When an answer is missing or cannot be read.
pub async fn check(target: Target, event_id: Uuid, window: Duration) -> anyhow::Result<Checks> {
    let (hold, status) = (api::place_hold(event_id, 1, None), api::event_status(event_id));
    let mut client = Client::new(target);
    let mut checks = Checks::default();
    let mut placed = 0;
    let started = Instant::now();
    while started.elapsed() < window {
        let answer = client.send(&hold).await?;
        ensure!(answer.status == 201, "a hold of the freshness check failed: {}", api::label(&answer));
        placed += 1;
        let answer = client.send(&status).await?;
        // A refusal under load is not a stale answer.
        if answer.status == 200 {
            let status: EventStatus =
                serde_json::from_slice(answer.body).context("cannot parse a status of the freshness check")?;
            checks.looked += 1;
            checks.wrong += u64::from(!status.adds_up() || status.held < placed);
        }
        sleep(PAUSE).await;
    }
    Ok(checks)
}
