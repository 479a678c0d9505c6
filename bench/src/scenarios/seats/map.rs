//! Creating the house, and looking at its seats when half of them are sold.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use crate::api::{self, Encoding, SeatMap};
use crate::client::Client;
use crate::database;
use crate::engines::Engine;
use crate::load::closed_loop::{self, Until};
use crate::load::recorder::Recorder;
use crate::load::visitor::Traffic;
use crate::results::Spread;
use crate::results::seats::{MapResult, Question, Read};
use crate::scenarios::house::{self, House};
use crate::scenarios::rig::{Rig, Site};
use crate::suite::{Seats, seconds};
use crate::target::Target;

/// Of the house, in per cent: chosen at random, which compresses worst. Half of them are booked.
const SOLD_PERCENT: u32 = 50;

/// How much has happened for those who ask what has changed: so many holds of a seat.
const CHANGES: usize = 100;

/// The first bytes of whatever is compressed by gzip (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Enough to create this many houses, however seldom the rest is measured.
const HOUSES_MIN: u32 = 3;

pub struct Measured {
    pub venue_ms: Spread,
    pub event_ms: Spread,
    pub map: MapResult,
}

/// # Errors
///
/// When something does not run.
pub async fn run(site: &mut Site, table: &Seats) -> anyhow::Result<Measured> {
    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let target = rig.lanes()?.target;
    let (mut venues, mut events, mut last) = (Vec::new(), Vec::new(), None);
    for _ in 0..table.rounds.max(HOUSES_MIN) {
        rig.site.progress.step("creating a house");
        database::checkpoint(&mut rig.connection).await?;
        let house = House::create(target, table.sections).await?;
        let (event_id, took) = house.create_event(target).await?;
        venues.push(house.took);
        events.push(took);
        last = Some((house, event_id));
    }
    let (venue_ms, event_ms) = (milliseconds(&venues), milliseconds(&events));
    rig.site.progress.done(&format!("a venue in {:.0} ms, an event in {:.0} ms", venue_ms.median, event_ms.median));
    let (house, event_id) = last.context("no house was created")?;
    let map = look(&mut rig, &house, event_id, table).await?;
    rig.finish().await?;
    Ok(Measured { venue_ms, event_ms, map })
}

async fn look(rig: &mut Rig<'_>, house: &House, event_id: Uuid, table: &Seats) -> anyhow::Result<MapResult> {
    let target = rig.lanes()?.target;
    rig.site.progress.step("filling half of the house");
    let mut seats = house.shuffled(0);
    let later = seats.split_off((house.seats / 100 * SOLD_PERCENT) as usize);
    let (earlier, last) = seats.split_at(seats.len() - CHANGES);
    let holds = house::hold(target, event_id, earlier).await?;
    house::book(target, &holds[..holds.len() / 2]).await?;
    let since = sequence(target, event_id, house, &later).await?;
    for seat in last {
        house::hold(target, event_id, &[*seat]).await?;
    }

    let asked = |question| {
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
            let read = read(rig, question, &asked(question), clients, table).await?;
            rig.site
                .progress
                .done(&format!("seat map, {clients} clients, {question:?}: {:.0}/s", read.per_second.median));
            reads.push(read);
        }
    }
    let layout_plain = body(target, &api::layout(&house.venue, Encoding::Plain)).await?.len() as u64;
    let layout_gzip = body(target, &api::layout(&house.venue, Encoding::Gzip)).await?;
    ensure!(layout_gzip.starts_with(&GZIP), "the layout was not compressed");
    Ok(MapResult { full: SOLD_PERCENT, reads, layout_plain, layout_gzip: layout_gzip.len() as u64 })
}

/// Of the event as it is now, which has a state for every seat, and these available.
async fn sequence(target: Target, event_id: Uuid, house: &House, available: &[u32]) -> anyhow::Result<u64> {
    let body = body(target, &api::seat_map(event_id, None, Encoding::Plain)).await?;
    let map: SeatMap<'_> = serde_json::from_slice(&body).context("a seat map that cannot be read")?;
    let states = map.states.context("a seat map without states")?.as_bytes();
    ensure!(states.len() == house.seats as usize, "a seat map of {} seats", states.len());
    ensure!(available.iter().all(|&seat| states[seat as usize] == b'a'), "a seat that nobody has is not available");
    Ok(map.sequence)
}

async fn read(
    rig: &mut Rig<'_>,
    question: Question,
    request: &[u8],
    clients: usize,
    table: &Seats,
) -> anyhow::Result<Read> {
    let target = rig.lanes()?.target;
    let window = seconds(table.window_seconds);
    let bytes = body(target, request).await?;
    let is_compressed = bytes.starts_with(&GZIP);
    ensure!(is_compressed == (question != Question::Plain), "a seat map is not encoded as it was asked for");
    let traffic = Traffic::Same(request.into());
    let (mut all, mut rates) = (Recorder::new(), Vec::new());
    for _ in 0..table.rounds {
        let recorder = closed_loop::run(target, &traffic, clients, &Until::end_of(window)).await?;
        rates.push(recorder.accepted.count() as f64 / window.as_secs_f64());
        all.add(&recorder)?;
    }
    Ok(Read {
        question,
        clients,
        bytes: bytes.len() as u64,
        per_second: Spread::of(rates),
        micros: all.accepted.percentiles(),
        errors: all.error_count() + all.shed.count(),
    })
}

async fn body(target: Target, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut client = Client::new(target);
    let answer = client.send(request).await?;
    ensure!(answer.status == 200, "cannot look at the seats: {}", api::label(&answer));
    Ok(answer.body.to_vec())
}

fn milliseconds(took: &[Duration]) -> Spread {
    Spread::of(took.iter().map(|took| took.as_secs_f64() * 1000.0).collect())
}
