//! Creation of venue and event, and reads of the seat map when half of the seats are held or booked.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use crate::api::{self, Encoding, SeatMap};
use crate::client::Client;
use crate::database;
use crate::engines::Engine;
use crate::load::closed_loop::{self, WindowEnd};
use crate::load::recorder::Recorder;
use crate::load::visitor::Traffic;
use crate::results::Spread;
use crate::results::seats::{MapResult, Question, Read};
use crate::scenarios::house::{self, SeatedVenue};
use crate::scenarios::rig::{Rig, Site};
use crate::suite::{Seats, seconds};
use crate::target::Target;

/// Percentage of the seats that are held or booked, half of each. They are chosen at random, which compresses worst.
const SOLD_PERCENT: u32 = 50;

/// Number of holds of one seat between the sequence of the client and the present one.
const CHANGES: usize = 100;

/// The first bytes of gzip data (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The least number of venues and events to create, also in a suite with fewer rounds.
const VENUES_MIN: u32 = 3;

pub struct Measured {
    pub venue_ms: Spread,
    pub event_ms: Spread,
    pub map: MapResult,
}

/// Measures the creation of venues and events, and the reads.
///
/// # Errors
///
/// When a part of the measurement fails.
pub async fn run(site: &mut Site, table: &Seats) -> anyhow::Result<Measured> {
    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let target = rig.lanes()?.target;
    let (mut venues, mut events, mut last) = (Vec::new(), Vec::new(), None);
    for _ in 0..table.rounds.max(VENUES_MIN) {
        rig.site.progress.step("creating a venue");
        database::checkpoint(&mut rig.connection).await?;
        let venue = SeatedVenue::create(target, table.sections).await?;
        let (event_id, took) = venue.create_event(target).await?;
        venues.push(venue.took);
        events.push(took);
        last = Some((venue, event_id));
    }
    let (venue_ms, event_ms) = (milliseconds(&venues), milliseconds(&events));
    rig.site.progress.done(&format!("a venue in {:.0} ms, an event in {:.0} ms", venue_ms.median, event_ms.median));
    let (venue, event_id) = last.context("no venue was created")?;
    let map = measure_reads(&mut rig, &venue, event_id, table).await?;
    rig.finish().await?;
    Ok(Measured { venue_ms, event_ms, map })
}

async fn measure_reads(
    rig: &mut Rig<'_>,
    venue: &SeatedVenue,
    event_id: Uuid,
    table: &Seats,
) -> anyhow::Result<MapResult> {
    let target = rig.lanes()?.target;
    rig.site.progress.step("holding and booking half of the seats");
    let mut seats = venue.shuffled_seats(0);
    let available = seats.split_off((venue.seats / 100 * SOLD_PERCENT) as usize);
    let (before, changed) = seats.split_at(seats.len() - CHANGES);
    let holds = house::hold(target, event_id, before).await?;
    house::book(target, &holds[..holds.len() / 2]).await?;
    let since = read_sequence(target, event_id, venue, &available).await?;
    for seat in changed {
        house::hold(target, event_id, &[*seat]).await?;
    }

    let request = |question| {
        let (since, encoding) = match question {
            Question::Gzip => (None, Encoding::Gzip),
            Question::Plain => (None, Encoding::Plain),
            Question::Since => (Some(since), Encoding::Gzip),
        };
        api::seat_map(event_id, since, encoding)
    };
    let mut reads = Vec::new();
    for clients in [1, table.read_clients] {
        for question in [Question::Gzip, Question::Plain, Question::Since] {
            rig.site.progress.step(&format!("seat map, {clients} clients, {question:?}"));
            let read = measure_read(rig, question, &request(question), clients, table).await?;
            rig.site
                .progress
                .done(&format!("seat map, {clients} clients, {question:?}: {:.0}/s", read.per_second.median));
            reads.push(read);
        }
    }
    let layout_plain = read_body(target, &api::layout(&venue.venue, Encoding::Plain)).await?.len() as u64;
    let layout_gzip = read_body(target, &api::layout(&venue.venue, Encoding::Gzip)).await?;
    ensure!(layout_gzip.starts_with(&GZIP), "the layout was not compressed");
    Ok(MapResult { full: SOLD_PERCENT, reads, layout_plain, layout_gzip: layout_gzip.len() as u64 })
}

/// The present sequence of the event. Checks that there is a state for every seat, and that these seats are available.
async fn read_sequence(target: Target, event_id: Uuid, venue: &SeatedVenue, available: &[u32]) -> anyhow::Result<u64> {
    let body = read_body(target, &api::seat_map(event_id, None, Encoding::Plain)).await?;
    let map: SeatMap<'_> = serde_json::from_slice(&body).context("cannot parse a seat map")?;
    let states = map.states.context("a seat map without states")?.as_bytes();
    ensure!(states.len() == venue.seats as usize, "a seat map of {} seats", states.len());
    ensure!(
        available.iter().all(|&seat| states[seat as usize] == b'a'),
        "a seat that is neither held nor booked is not available"
    );
    Ok(map.sequence)
}

async fn measure_read(
    rig: &mut Rig<'_>,
    question: Question,
    request: &[u8],
    clients: usize,
    table: &Seats,
) -> anyhow::Result<Read> {
    let target = rig.lanes()?.target;
    let window = seconds(table.window_seconds);
    let bytes = read_body(target, request).await?;
    let is_compressed = bytes.starts_with(&GZIP);
    ensure!(is_compressed == (question != Question::Plain), "a seat map does not have the requested encoding");
    let traffic = Traffic::Same(request.into());
    let (mut all, mut rates) = (Recorder::new(), Vec::new());
    for _ in 0..table.rounds {
        let recorder = closed_loop::run(target, &traffic, clients, &WindowEnd::new(window)).await?;
        rates.push(recorder.accepted.count() as f64 / window.as_secs_f64());
        all.add(&recorder)?;
    }
    Ok(Read {
        question,
        clients,
        bytes: bytes.len() as u64,
        per_second: Spread::from_figures(rates),
        micros: all.accepted.percentiles(),
        errors: all.error_count() + all.shed.count(),
    })
}

async fn read_body(target: Target, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut client = Client::new(target);
    let answer = client.send(request).await?;
    ensure!(answer.status == 200, "cannot read a seat map or layout: {}", api::label(&answer));
    Ok(answer.body.to_vec())
}

fn milliseconds(took: &[Duration]) -> Spread {
    Spread::from_figures(took.iter().map(|took| took.as_secs_f64() * 1000.0).collect())
}
