//! `seats`: sales of numbered seats until no seat is left, by seat id and as best available, and reads of the seat map.

mod course; // summary of sales
mod map; // creation of venue and event, and reads of the seat map
mod scattered; // best available with randomly held seats

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use self::course::FinishedSale;
use super::house::SeatedVenue;
use super::rig::{Rig, Site};
use crate::database;
use crate::engines::Engine;
use crate::load::closed_loop::{self, WindowEnd};
use crate::load::sale::{Sale, SeatSelection};
use crate::load::visitor::Traffic;
use crate::processes;
use crate::results::seats::SeatsResult;
use crate::suite::Seats;

/// Time limit of a sale. The report shows if it was reached.
const SALE_MAX: Duration = Duration::from_secs(60);

/// Duration of a sale that is not counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// Runs the scenario.
///
/// # Errors
///
/// When a part of the scenario fails, or a count is wrong.
pub async fn run(site: &mut Site, table: &Seats) -> anyhow::Result<SeatsResult> {
    site.progress.scenario("seats");
    let map::Measured { venue_ms, event_ms, map } = map::run(site, table).await?;

    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let venue = SeatedVenue::create(rig.lanes()?.target, table.sections).await?;
    let named = whole_sales(&mut rig, &venue, SeatSelection::Named, table.clients, table.rounds).await?;
    rig.finish().await?;

    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let venue = SeatedVenue::create(rig.lanes()?.target, table.sections).await?;
    let best = whole_sales(&mut rig, &venue, SeatSelection::BestAvailable, table.clients, table.rounds).await?;
    let in_order =
        whole_sales(&mut rig, &venue, SeatSelection::BestAvailable, table.curve_clients, table.rounds).await?;
    let scattered = scattered::run(&mut rig, &venue, table).await?;
    rig.finish().await?;

    let seats = venue.seats;
    Ok(SeatsResult {
        seats,
        venue_ms,
        event_ms,
        named: course::sales(seats, table.clients, &named)?,
        best_available: course::sales(seats, table.clients, &best)?,
        in_order: course::curve(table.curve_clients, &in_order)?,
        scattered: course::curve(table.curve_clients, &scattered)?,
        map,
    })
}

/// Sales of all seats, each of a new event.
async fn whole_sales(
    rig: &mut Rig<'_>,
    venue: &SeatedVenue,
    selection: SeatSelection,
    clients: usize,
    rounds: u32,
) -> anyhow::Result<Vec<FinishedSale>> {
    let title = match selection {
        SeatSelection::Named => "named",
        SeatSelection::BestAvailable => "best available",
    };
    let target = rig.lanes()?.target;
    rig.site.progress.step(&format!("{title}, {clients} clients, warm-up"));
    let (event_id, _) = venue.create_event(target).await?;
    sell(rig, venue, event_id, (selection, 0..venue.seats), clients, WARM_UP).await?;
    let mut sales = Vec::new();
    for round in 1..=rounds {
        rig.site.progress.step(&format!("{title}, {clients} clients, round {round}/{rounds}"));
        let (event_id, _) = venue.create_event(target).await?;
        let sold = sell(rig, venue, event_id, (selection, 0..venue.seats), clients, SALE_MAX).await?;
        rig.site.progress.done(&format!("{title}, {clients} clients: {}", sold.summary()));
        sales.push(sold);
    }
    Ok(sales)
}

/// Runs a sale. `held` is the number of held seats before it and at its end.
async fn sell(
    rig: &mut Rig<'_>,
    venue: &SeatedVenue,
    event_id: Uuid,
    (selection, held): (SeatSelection, Range<u32>),
    clients: usize,
    time_limit: Duration,
) -> anyhow::Result<FinishedSale> {
    database::checkpoint(&mut rig.connection).await?;
    let window_end = WindowEnd::new(time_limit);
    let sale = Arc::new(Sale::new(event_id, selection, venue.seats, held, window_end.clone()));
    let target = rig.lanes()?.target;
    let cpu_before = processes::own_cpu_time();
    let recorder = closed_loop::run(target, &Traffic::Seats(sale.clone()), clients, &window_end).await?;
    let generator_cpu = processes::own_cpu_time() - cpu_before;
    let progress = Arc::into_inner(sale).context("a visitor is still running")?.into_progress();

    let status = rig.event_status(event_id).await?;
    ensure!(status.adds_up(), "the counters of an event do not add up");
    // Seats of lost answers can be held too.
    let has_lost_answers = recorder.error_count() > 0 && status.held > u64::from(progress.held);
    ensure!(
        status.held == u64::from(progress.held) || has_lost_answers,
        "{} seats were accepted, but {} are held",
        progress.held,
        status.held
    );
    Ok(FinishedSale { progress, recorder, generator_cpu })
}
