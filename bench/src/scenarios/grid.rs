//! Most scenarios: numbers of clients by engines.
//!
//! All engines run all the time, and short windows of load alternate between them, so that whatever disturbs the machine
//! disturbs all. Every window starts after a checkpoint, so that none pays for the writes of the one before.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use super::freshness;
use super::house::House;
use super::rig::{Rig, SEATS, Site};
use super::series::{Measured, series};
use crate::api::{self, EventStatus};
use crate::client::Client;
use crate::database;
use crate::engines::{Engine, floor};
use crate::load::closed_loop::{self, Until};
use crate::load::recorder::Recorder;
use crate::load::sale::{Sale, Wish};
use crate::load::visitor::{EventRequests, Traffic};
use crate::load::zipf::Picker;
use crate::results::{Cell, GridResult};
use crate::suite::{Grid, GridKind};

/// Of the scenarios with many of them.
const EVENTS: usize = 1000;

/// How much more the first is wanted than the second: as `2^1.1` to 1.
const ZIPF_EXPONENT: f64 = 1.1;

/// Each way, between service and database on different machines of one data centre.
pub const REMOTE_DELAY: Duration = Duration::from_micros(500);

/// Of a sale that runs out within its window, with any number of clients.
const LAST_SEATS: u32 = 500;

/// Of a sold-out event. As many as one hold may have, so that one hold has them all.
const SOLD_OUT_SEATS: u32 = 100;

/// Of a house of numbered seats that no window sells out: 20,000 seats.
const SECTIONS: u32 = 20;

/// One scenario while it runs.
struct Running<'a> {
    grid: &'a Grid,
    rig: Rig<'a>,
    /// Made once, for the scenarios that go through many. Empty for the others, where every window has a new one.
    events: Vec<Uuid>,
    /// Of the scenario that sells numbered seats.
    house: Option<House>,
}

/// Runs a scenario from start to audit.
///
/// # Errors
///
/// When something does not run, or a count is not what it must be.
pub async fn run(site: &mut Site, grid: &Grid) -> anyhow::Result<GridResult> {
    site.progress.scenario(grid.kind.name());
    let delay = (grid.kind == GridKind::HotRemote).then_some(REMOTE_DELAY);
    let rig = Rig::start(site, &grid.engines, delay).await?;
    let delay_micros = match delay {
        Some(_) => Some(rig.measure_delay().await?),
        None => None,
    };
    let events = if has_many_events(grid.kind) { rig.create_events(EVENTS, SEATS).await? } else { Vec::new() };
    let house = match grid.kind {
        GridKind::SeatsNamed => Some(House::create(rig.lanes()?.target, SECTIONS).await?),
        _ => None,
    };
    let mut running = Running { grid, rig, events, house };
    let mut cells = Vec::with_capacity(grid.clients.len());
    for &clients in &grid.clients {
        cells.push(running.cell(clients).await?);
    }
    let updates = running.rig.finish().await?;
    Ok(GridResult { kind: grid.kind, cells, updates, delay_micros })
}

fn has_many_events(kind: GridKind) -> bool {
    matches!(kind, GridKind::ManyUniform | GridKind::ManyZipf | GridKind::ReadMany | GridKind::Mixed)
}

impl Running<'_> {
    async fn cell(&mut self, clients: usize) -> anyhow::Result<Cell> {
        let grid = self.grid;
        for &engine in &grid.engines {
            self.rig.site.progress.step(&format!("{clients} clients, warm-up, {}", engine.name()));
            self.window(engine, clients, grid.warm_up).await?;
        }
        let mut measured: Vec<(Engine, Vec<Measured>)> =
            grid.engines.iter().map(|&engine| (engine, Vec::new())).collect();
        for round in 0..grid.rounds {
            // The first of a round is another one each time: no engine always comes after the same other.
            let first = usize::try_from(round).unwrap_or_default() % measured.len();
            for index in 0..measured.len() {
                let (engine, windows) = &mut measured[(first + index) % grid.engines.len()];
                let what = format!("{clients} clients, round {}/{}, {}", round + 1, grid.rounds, engine.name());
                self.rig.site.progress.step(&what);
                windows.push(self.window(*engine, clients, grid.window).await?);
            }
        }
        let mut cell = Cell { clients, series: [].into() };
        for (engine, windows) in &measured {
            cell.series.insert(*engine, series(grid.kind, windows, grid.window)?);
        }
        self.rig.site.progress.done(&line(&cell));
        Ok(cell)
    }

    async fn window(&mut self, engine: Engine, clients: usize, length: Duration) -> anyhow::Result<Measured> {
        let event_id = self.event().await?;
        let before = match event_id {
            Some(event_id) => Some(self.rig.event_status(event_id).await?),
            None => None,
        };
        database::checkpoint(&mut self.rig.connection).await?;
        let wal_before = database::wal_bytes(&mut self.rig.connection).await?;
        let cpu_before = self.rig.cpu_times(engine);
        let until = Until::end_of(length);
        let (recorder, stale) = match (engine, event_id) {
            (Engine::Floor, Some(event_id)) => {
                let recorder = floor::run(&self.rig.database_url, event_id, clients, &until).await?;
                floor::reset(&mut self.rig.connection, event_id).await?;
                (recorder, None)
            }
            (_, Some(event_id)) if self.grid.kind == GridKind::ReadOne => {
                let target = self.rig.target(engine)?;
                let traffic = self.traffic(Some(event_id), &until)?;
                let (recorder, checks) = tokio::join!(
                    closed_loop::run(target, &traffic, clients, &until),
                    freshness::look(target, event_id, length),
                );
                (recorder?, Some(checks?))
            }
            _ => {
                let traffic = self.traffic(event_id, &until)?;
                (closed_loop::run(self.rig.target(engine)?, &traffic, clients, &until).await?, None)
            }
        };
        let cpu = self.rig.cpu_times(engine).since(cpu_before);
        let wal_bytes = database::wal_bytes(&mut self.rig.connection).await? - wal_before;
        if let (Some(event_id), Some(before)) = (event_id, before) {
            self.check(&before, &self.rig.event_status(event_id).await?, &recorder)?;
        }
        Ok(Measured { recorder, cpu, wal_bytes, stale })
    }

    /// A new one, where the scenario is about one.
    async fn event(&self) -> anyhow::Result<Option<Uuid>> {
        Ok(match (self.grid.kind, &self.house) {
            _ if !self.events.is_empty() => None,
            (GridKind::LastSeats, _) => Some(self.rig.create_event(LAST_SEATS).await?),
            (GridKind::SoldOut, _) => Some(self.sold_out_event().await?),
            (_, Some(house)) => Some(house.create_event(self.rig.lanes()?.target).await?.0),
            (_, None) => Some(self.rig.create_event(SEATS).await?),
        })
    }

    fn traffic(&self, event_id: Option<Uuid>, until: &Until) -> anyhow::Result<Traffic> {
        let events = &self.events;
        let holds = || events.iter().map(|&event_id| api::place_hold(event_id, 1, None));
        let one = || event_id.context("this scenario is about one event");
        Ok(match self.grid.kind {
            GridKind::Hot | GridKind::HotRemote | GridKind::LastSeats | GridKind::SoldOut => {
                Traffic::place_hold(one()?)
            }
            GridKind::ManyUniform => Traffic::among(holds(), Picker::uniform(events.len())),
            GridKind::ManyZipf => Traffic::among(holds(), Picker::zipf(events.len(), ZIPF_EXPONENT)),
            GridKind::Checkout => Traffic::checkout(one()?),
            GridKind::ReadOne => Traffic::Same(api::event_status(one()?).into()),
            GridKind::ReadMany => {
                let requests = events.iter().map(|&event_id| api::event_status(event_id));
                Traffic::among(requests, Picker::uniform(events.len()))
            }
            GridKind::Mixed => {
                let requests = events.iter().map(|&event_id| EventRequests::of(event_id)).collect();
                Traffic::Mixed(requests, Picker::zipf(events.len(), ZIPF_EXPONENT))
            }
            GridKind::SeatsNamed => {
                let seats = self.house.as_ref().map_or(0, |house| house.seats);
                let sale = Sale::new(one()?, Wish::Named, seats, 0..seats, until.clone());
                Traffic::Seats(Arc::new(sale))
            }
        })
    }

    /// All seats in one hold that does not expire soon: whoever asks from now on is refused, and rightly so.
    async fn sold_out_event(&self) -> anyhow::Result<Uuid> {
        let event_id = self.rig.create_event(SOLD_OUT_SEATS).await?;
        let mut client = Client::new(self.rig.lanes()?.target);
        let answer = client.send(&api::place_hold(event_id, SOLD_OUT_SEATS, None)).await?;
        ensure!(answer.status == 201, "cannot sell an event out: {}", api::label(&answer));
        Ok(event_id)
    }

    /// What must have come out, whatever the speed was.
    fn check(&self, before: &EventStatus, after: &EventStatus, recorder: &Recorder) -> anyhow::Result<()> {
        ensure!(after.adds_up(), "the counters of an event do not add up");
        let accepted = recorder.accepted_in_all();
        if matches!(self.grid.kind, GridKind::LastSeats | GridKind::SeatsNamed) {
            // The seat of an answer that was lost is held all the same.
            let (sold, lost) = (after.held, recorder.error_count());
            ensure!(
                sold <= after.total && (accepted..=accepted + lost).contains(&sold),
                "{accepted} holds were accepted and {lost} answers lost, but {sold} seats are held"
            );
        }
        match self.grid.kind {
            GridKind::LastSeats => {
                ensure!(recorder.refused.count() == 0 || after.available == 0, "a refusal before the sale ran out");
            }
            GridKind::SoldOut => {
                ensure!(accepted == 0, "a sold-out event had something to sell");
                // Only a change could have made room: without one it was sold out at every moment of every request.
                ensure!(
                    before.available == 0 && before.sequence == after.sequence,
                    "the event was not sold out throughout"
                );
            }
            _ => {}
        }
        Ok(())
    }
}

fn line(cell: &Cell) -> String {
    let each = cell.series.iter().map(|(engine, series)| {
        let failed = series.errors.values().sum::<u64>();
        let errors = if failed > 0 { format!(" ({failed} errors)") } else { String::new() };
        format!("{} {:.0}/s{errors}", engine.name(), series.per_second.median)
    });
    format!("{} clients: {}", cell.clients, each.collect::<Vec<_>>().join(", "))
}
