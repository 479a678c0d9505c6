//! Does a status know of everything that was acknowledged before it was asked for? One client looks while others load:
//! what makes reads fast must not make them old.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::time::sleep;
use uuid::Uuid;

use crate::api::{self, EventStatus};
use crate::client::Client;
use crate::results::Checks;
use crate::target::Target;

/// Between two looks: often enough to meet whatever is kept, too seldom to be part of the load.
const PAUSE: Duration = Duration::from_millis(10);

/// Holds a seat and reads the status, again and again. Nobody else holds anything of this event.
///
/// # Errors
///
/// When an answer is missing or cannot be read.
pub async fn look(target: Target, event_id: Uuid, window: Duration) -> anyhow::Result<Checks> {
    let (hold, status) = (api::place_hold(event_id, 1, None), api::event_status(event_id));
    let mut client = Client::new(target);
    let mut checks = Checks::default();
    let mut placed = 0;
    let started = Instant::now();
    while started.elapsed() < window {
        let answer = client.send(&hold).await?;
        ensure!(answer.status == 201, "a hold beside the readers failed: {}", api::label(&answer));
        placed += 1;
        let answer = client.send(&status).await?;
        // Turned away is not stale.
        if answer.status == 200 {
            let status: EventStatus =
                serde_json::from_slice(answer.body).context("a status beside the readers that cannot be read")?;
            checks.looked += 1;
            checks.wrong += u64::from(!status.adds_up() || status.held < placed);
        }
        sleep(PAUSE).await;
    }
    Ok(checks)
}
