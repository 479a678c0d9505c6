//! `long`: a sale of several minutes. Tables grow, rows are updated thousands of times a second, checkpoints and vacuum
//! run. Is the last minute as fast as the first?

use std::time::Duration;

use uuid::Uuid;

use super::rig::{Rig, SEATS, Site};
use super::series::window_figures;
use crate::database;
use crate::engines::Engine;
use crate::load::closed_loop::{self, WindowEnd};
use crate::load::recorder::Recorder;
use crate::load::visitor::Traffic;
use crate::results::LongResult;
use crate::suite::Long;

const MINUTE: Duration = Duration::from_secs(60);

/// More holds than one minute can place. An event with fewer available seats is replaced by a new one.
const SEATS_PER_MINUTE_MAX: u64 = 4_000_000;

/// Runs the scenario.
///
/// # Errors
///
/// When a part of the scenario fails.
pub async fn run(site: &mut Site, long: &Long) -> anyhow::Result<LongResult> {
    site.progress.scenario("long");
    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let target = rig.lanes()?.target;
    let wal_before = database::wal_bytes(&mut rig.connection).await?;
    let (mut all, mut minutes) = (Recorder::new(), Vec::new());
    let mut event_id = rig.create_event(SEATS).await?;
    for minute in 1..=long.minutes {
        event_id = event_with_seats(&rig, event_id).await?;
        rig.site.progress.step(&format!("minute {minute}/{}", long.minutes));
        let traffic = Traffic::place_hold(event_id);
        let recorder = closed_loop::run(target, &traffic, long.clients, &WindowEnd::new(MINUTE)).await?;
        let window = window_figures(&recorder.accepted, MINUTE);
        rig.site.progress.done(&format!("minute {minute}: {:.0} holds/s", window.per_second));
        all.add(&recorder)?;
        minutes.push(window);
    }
    let wal = database::wal_bytes(&mut rig.connection).await? - wal_before;
    let updates = rig.finish().await?;
    Ok(LongResult {
        clients: long.clients,
        minutes,
        errors: all.errors().clone(),
        updates,
        wal_bytes: wal as f64 / all.accepted_in_all().max(1) as f64,
    })
}

async fn event_with_seats(rig: &Rig<'_>, event_id: Uuid) -> anyhow::Result<Uuid> {
    if rig.event_status(event_id).await?.available < SEATS_PER_MINUTE_MAX {
        return rig.create_event(SEATS).await;
    }
    Ok(event_id)
}
