//! The grid scenarios: numbers of clients by engines.
//!
//! All engines run all the time, and short windows of load alternate between them, so that other load on the machine
//! affects all of them. Every window starts after a checkpoint, so that it is not slowed by the writes of the one
//! before.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use super::freshness;
use super::house::SeatedVenue;
use super::rig::{Rig, SEATS, Site};
use super::series::{Measured, summarise};
use crate::api::{self, EventStatus};
use crate::client::Client;
use crate::database;
use crate::engines::{Engine, floor};
use crate::load::closed_loop::{self, WindowEnd};
use crate::load::recorder::Recorder;
use crate::load::sale::{Sale, SeatSelection};
use crate::load::visitor::{EventRequests, Traffic};
use crate::load::zipf::EventDistribution;
use crate::results::{Cell, GridResult};
use crate::suite::{Grid, GridKind};

/// Number of events of the scenarios with many events.
const EVENTS: usize = 1000;

/// The k-th event is chosen in proportion to `k^-1.1`.
const ZIPF_EXPONENT: f64 = 1.1;

/// Delay of each direction, as between different machines of one data centre.
pub const REMOTE_DELAY: Duration = Duration::from_micros(500);

/// Seats of a sale that sells out within its window, with any number of clients.
const LAST_SEATS: u32 = 500;

/// Seats of a sold-out event. One hold may have this many, so one hold takes all of them.
const SOLD_OUT_SEATS: u32 = 100;

/// Sections of the venue with numbered seats: 20,000 seats, which no window sells out.
const SECTIONS: u32 = 20;

/// A running scenario.
struct Running<'a> {
    grid: &'a Grid,
    rig: Rig<'a>,
    /// The events of scenarios with many events. Empty for the others, which create an event for every window.
    events: Vec<Uuid>,
    /// The venue of the scenario that sells numbered seats.
    venue: Option<SeatedVenue>,
}

/// Runs a scenario and checks the invariants at its end.
///
/// # Errors
///
/// When a part of the scenario fails, or a count is wrong.
pub async fn run(site: &mut Site, grid: &Grid) -> anyhow::Result<GridResult> {
    site.progress.scenario(grid.kind.name());
    let delay = (grid.kind == GridKind::HotRemote).then_some(REMOTE_DELAY);
    let rig = Rig::start(site, &grid.engines, delay).await?;
    let delay_micros = match delay {
        Some(_) => Some(rig.measure_delay().await?),
        None => None,
    };
    let events = if has_many_events(grid.kind) { rig.create_events(EVENTS, SEATS).await? } else { Vec::new() };
    let venue = match grid.kind {
        GridKind::SeatsNamed => Some(SeatedVenue::create(rig.lanes()?.target, SECTIONS).await?),
        _ => None,
    };
    let mut running = Running { grid, rig, events, venue };
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
            // Each round starts with another engine, so that no engine always follows the same other one.
            let first = usize::try_from(round).unwrap_or_default() % measured.len();
            for index in 0..measured.len() {
                let (engine, windows) = &mut measured[(first + index) % grid.engines.len()];
                let step = format!("{clients} clients, round {}/{}, {}", round + 1, grid.rounds, engine.name());
                self.rig.site.progress.step(&step);
                windows.push(self.window(*engine, clients, grid.window).await?);
            }
        }
        let mut cell = Cell { clients, series: [].into() };
        for (engine, windows) in &measured {
            cell.series.insert(*engine, summarise(grid.kind, windows, grid.window)?);
        }
        self.rig.site.progress.done(&summary_line(&cell));
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
        let window_end = WindowEnd::new(length);
        let (recorder, stale) = match (engine, event_id) {
            (Engine::Floor, Some(event_id)) => {
                let recorder = floor::run(&self.rig.database_url, event_id, clients, &window_end).await?;
                floor::reset(&mut self.rig.connection, event_id).await?;
                (recorder, None)
            }
            (_, Some(event_id)) if self.grid.kind == GridKind::ReadOne => {
                let target = self.rig.target(engine)?;
                let traffic = self.traffic(Some(event_id), &window_end)?;
                let (recorder, checks) = tokio::join!(
                    closed_loop::run(target, &traffic, clients, &window_end),
                    freshness::check(target, event_id, length),
                );
                (recorder?, Some(checks?))
            }
            _ => {
                let traffic = self.traffic(event_id, &window_end)?;
                (closed_loop::run(self.rig.target(engine)?, &traffic, clients, &window_end).await?, None)
            }
        };
        let cpu = self.rig.cpu_times(engine).since(cpu_before);
        let wal_bytes = database::wal_bytes(&mut self.rig.connection).await? - wal_before;
        if let (Some(event_id), Some(before)) = (event_id, before) {
            self.check(&before, &self.rig.event_status(event_id).await?, &recorder)?;
        }
        Ok(Measured { recorder, cpu, wal_bytes, stale })
    }

    /// Creates an event for a window, in scenarios of one event.
    async fn event(&self) -> anyhow::Result<Option<Uuid>> {
        Ok(match (self.grid.kind, &self.venue) {
            _ if !self.events.is_empty() => None,
            (GridKind::LastSeats, _) => Some(self.rig.create_event(LAST_SEATS).await?),
            (GridKind::SoldOut, _) => Some(self.sold_out_event().await?),
            (_, Some(venue)) => Some(venue.create_event(self.rig.lanes()?.target).await?.0),
            (_, None) => Some(self.rig.create_event(SEATS).await?),
        })
    }

    fn traffic(&self, event_id: Option<Uuid>, window_end: &WindowEnd) -> anyhow::Result<Traffic> {
        let events = &self.events;
        let holds = || events.iter().map(|&event_id| api::place_hold(event_id, 1, None));
        let one_event = || event_id.context("this scenario is about one event");
        Ok(match self.grid.kind {
            GridKind::Hot | GridKind::HotRemote | GridKind::LastSeats | GridKind::SoldOut => {
                Traffic::place_hold(one_event()?)
            }
            GridKind::ManyUniform => Traffic::one_of(holds(), EventDistribution::uniform(events.len())),
            GridKind::ManyZipf => Traffic::one_of(holds(), EventDistribution::zipf(events.len(), ZIPF_EXPONENT)),
            GridKind::Checkout => Traffic::checkout(one_event()?),
            GridKind::ReadOne => Traffic::Same(api::event_status(one_event()?).into()),
            GridKind::ReadMany => {
                let requests = events.iter().map(|&event_id| api::event_status(event_id));
                Traffic::one_of(requests, EventDistribution::uniform(events.len()))
            }
            GridKind::Mixed => {
                let requests = events.iter().map(|&event_id| EventRequests::new(event_id)).collect();
                Traffic::Mixed(requests, EventDistribution::zipf(events.len(), ZIPF_EXPONENT))
            }
            GridKind::SeatsNamed => {
                let seats = self.venue.as_ref().map_or(0, |venue| venue.seats);
                let sale = Sale::new(one_event()?, SeatSelection::Named, seats, 0..seats, window_end.clone());
                Traffic::Seats(Arc::new(sale))
            }
        })
    }

    /// Creates an event with all seats in one hold, which does not expire during the scenario: every further hold is
    /// refused.
    async fn sold_out_event(&self) -> anyhow::Result<Uuid> {
        let event_id = self.rig.create_event(SOLD_OUT_SEATS).await?;
        let mut client = Client::new(self.rig.lanes()?.target);
        let answer = client.send(&api::place_hold(event_id, SOLD_OUT_SEATS, None)).await?;
        ensure!(answer.status == 201, "cannot hold all seats of an event: {}", api::label(&answer));
        Ok(event_id)
    }

    /// Checks the event's counters against the answers.
    fn check(&self, before: &EventStatus, after: &EventStatus, recorder: &Recorder) -> anyhow::Result<()> {
        ensure!(after.adds_up(), "the counters of an event do not add up");
        let accepted = recorder.accepted_in_all();
        if matches!(self.grid.kind, GridKind::LastSeats | GridKind::SeatsNamed) {
            // The seat of a lost answer can be held too.
            let (sold, lost) = (after.held, recorder.error_count());
            ensure!(
                sold <= after.total && (accepted..=accepted + lost).contains(&sold),
                "{accepted} holds were accepted and {lost} answers lost, but {sold} seats are held"
            );
        }
        match self.grid.kind {
            GridKind::LastSeats => {
                ensure!(
                    recorder.refused.count() == 0 || after.available == 0,
                    "a hold was refused before the event was sold out"
                );
            }
            GridKind::SoldOut => {
                ensure!(accepted == 0, "a hold of a sold-out event was accepted");
                // Only a change could have freed a seat: with the same sequence the event was sold out all the time.
                ensure!(
                    before.available == 0 && before.sequence == after.sequence,
                    "the event was not sold out all the time"
                );
            }
            _ => {}
        }
        Ok(())
    }
}

fn summary_line(cell: &Cell) -> String {
    let rates = cell.series.iter().map(|(engine, series)| {
        let failed = series.errors.values().sum::<u64>();
        let errors = if failed > 0 { format!(" ({failed} errors)") } else { String::new() };
        format!("{} {:.0}/s{errors}", engine.name(), series.per_second.median)
    });
    format!("{} clients: {}", cell.clients, rates.collect::<Vec<_>>().join(", "))
}
