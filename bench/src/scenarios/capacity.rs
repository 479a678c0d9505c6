//! What the service can do just now: the measure of what is more than it can do.

use std::time::Duration;

use super::rig::{Rig, SEATS};
use crate::load::closed_loop::{self, Until};
use crate::load::visitor::Traffic;

/// Enough for full batches.
const CLIENTS: usize = 256;

const WARM_UP: Duration = Duration::from_millis(500);

/// Holds of one event per second, closed loop.
///
/// # Errors
///
/// When the load does not run.
pub async fn measure(rig: &Rig<'_>, window: Duration) -> anyhow::Result<f64> {
    let target = rig.lanes()?.target;
    let traffic = Traffic::place_hold(rig.create_event(SEATS).await?);
    closed_loop::run(target, &traffic, CLIENTS, &Until::end_of(WARM_UP)).await?;
    let recorder = closed_loop::run(target, &traffic, CLIENTS, &Until::end_of(window)).await?;
    Ok(recorder.accepted.count() as f64 / window.as_secs_f64())
}
