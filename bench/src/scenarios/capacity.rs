//! The present capacity of the service, in holds per second. Overloads are multiples of it.

use std::time::Duration;

use super::rig::{Rig, SEATS};
use crate::load::closed_loop::{self, WindowEnd};
use crate::load::visitor::Traffic;

/// Enough for full batches.
const CLIENTS: usize = 256;

const WARM_UP: Duration = Duration::from_millis(500);

/// Measures the holds per second of one event, closed loop.
///
/// # Errors
///
/// When the load cannot be run.
pub async fn measure(rig: &Rig<'_>, window: Duration) -> anyhow::Result<f64> {
    let target = rig.lanes()?.target;
    let traffic = Traffic::place_hold(rig.create_event(SEATS).await?);
    closed_loop::run(target, &traffic, CLIENTS, &WindowEnd::new(WARM_UP)).await?;
    let recorder = closed_loop::run(target, &traffic, CLIENTS, &WindowEnd::new(window)).await?;
    Ok(recorder.accepted.count() as f64 / window.as_secs_f64())
}
