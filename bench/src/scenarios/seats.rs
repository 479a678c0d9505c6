//! seats: a house of numbered seats that is sold until nothing is left, by name and as the best that there are, and looked at.

mod course; // what the courses of several sales come to
mod map; // creating the house, and looking at its seats
mod scattered; // the best seats of what chance has left

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use self::course::Sold;
use super::house::House;
use super::rig::{Rig, Site};
use crate::database;
use crate::engines::Engine;
use crate::load::closed_loop::{self, Until};
use crate::load::sale::{Sale, Wish};
use crate::load::visitor::Traffic;
use crate::processes;
use crate::results::seats::SeatsResult;
use crate::suite::Seats;

/// A sale that has not ended by then is cut off. The report says so.
const SALE_MAX: Duration = Duration::from_secs(60);

/// Of a sale that nobody counts.
const WARM_UP: Duration = Duration::from_millis(500);

/// # Errors
///
/// When something does not run, or a count is not what it must be.
pub async fn run(site: &mut Site, table: &Seats) -> anyhow::Result<SeatsResult> {
    site.progress.scenario("seats");
    let map::Measured { venue_ms, event_ms, map } = map::run(site, table).await?;

    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let house = House::create(rig.lanes()?.target, table.sections).await?;
    let named = whole_sales(&mut rig, &house, Wish::Named, table.clients, table.rounds).await?;
    rig.finish().await?;

    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let house = House::create(rig.lanes()?.target, table.sections).await?;
    let best = whole_sales(&mut rig, &house, Wish::BestAvailable, table.clients, table.rounds).await?;
    let in_order = whole_sales(&mut rig, &house, Wish::BestAvailable, table.curve_clients, table.rounds).await?;
    let scattered = scattered::run(&mut rig, &house, table).await?;
    rig.finish().await?;

    let seats = house.seats;
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

/// Each of a new event.
async fn whole_sales(
    rig: &mut Rig<'_>,
    house: &House,
    wish: Wish,
    clients: usize,
    rounds: u32,
) -> anyhow::Result<Vec<Sold>> {
    let what = match wish {
        Wish::Named => "named",
        Wish::BestAvailable => "best available",
    };
    let target = rig.lanes()?.target;
    rig.site.progress.step(&format!("{what}, {clients} clients, warm-up"));
    let (event_id, _) = house.create_event(target).await?;
    sell(rig, house, event_id, (wish, 0..house.seats), clients, WARM_UP).await?;
    let mut sales = Vec::new();
    for round in 1..=rounds {
        rig.site.progress.step(&format!("{what}, {clients} clients, round {round}/{rounds}"));
        let (event_id, _) = house.create_event(target).await?;
        let sold = sell(rig, house, event_id, (wish, 0..house.seats), clients, SALE_MAX).await?;
        rig.site.progress.done(&format!("{what}, {clients} clients: {}", sold.in_short()));
        sales.push(sold);
    }
    Ok(sales)
}

/// From as many held seats to as many.
async fn sell(
    rig: &mut Rig<'_>,
    house: &House,
    event_id: Uuid,
    (wish, held): (Wish, Range<u32>),
    clients: usize,
    at_most: Duration,
) -> anyhow::Result<Sold> {
    database::checkpoint(&mut rig.connection).await?;
    let until = Until::end_of(at_most);
    let sale = Arc::new(Sale::new(event_id, wish, house.seats, held, until.clone()));
    let target = rig.lanes()?.target;
    let cpu_before = processes::own_cpu_time();
    let recorder = closed_loop::run(target, &Traffic::Seats(sale.clone()), clients, &until).await?;
    let generator_cpu = processes::own_cpu_time() - cpu_before;
    let course = Arc::into_inner(sale).context("a visitor has not gone")?.into_course();

    let status = rig.event_status(event_id).await?;
    ensure!(status.adds_up(), "the counters of an event do not add up");
    // Seats of answers that were lost are held all the same.
    let has_lost_some = recorder.error_count() > 0 && status.held > u64::from(course.held);
    ensure!(
        status.held == u64::from(course.held) || has_lost_some,
        "{} seats were given to visitors, but {} are held",
        course.held,
        status.held
    );
    Ok(Sold { course, recorder, generator_cpu })
}
