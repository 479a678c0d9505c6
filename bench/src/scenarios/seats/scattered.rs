//! Best available with randomly held seats: seats are held at random up to a level, groups are held and released, and
//! then the level is raised.
//!
//! After a sale of best available alone the free seats are in order. This scenario has the free seats of a sale in
//! which buyers choose their seats themselves.

use super::course::FinishedSale;
use super::{SALE_MAX, sell};
use crate::load::sale::{PARTS, SeatSelection};
use crate::scenarios::house::{self, SeatedVenue};
use crate::scenarios::rig::Rig;
use crate::suite::Seats;

/// Runs one sale per round, with a part for each level. At the last level the groups take all seats that are left.
///
/// # Errors
///
/// When a part of the scenario fails, or a count is wrong.
pub async fn run(rig: &mut Rig<'_>, venue: &SeatedVenue, table: &Seats) -> anyhow::Result<Vec<FinishedSale>> {
    let mut rounds = Vec::new();
    for round in 1..=table.rounds {
        rig.site.progress.step(&format!("best available, scattered, round {round}/{}", table.rounds));
        let sold = one_round(rig, venue, table.curve_clients, u64::from(round)).await?;
        rig.site.progress.done(&format!("best available, scattered: {}", sold.summary()));
        rounds.push(sold);
    }
    Ok(rounds)
}

async fn one_round(rig: &mut Rig<'_>, venue: &SeatedVenue, clients: usize, seed: u64) -> anyhow::Result<FinishedSale> {
    let target = rig.lanes()?.target;
    let (event_id, _) = venue.create_event(target).await?;
    let mut to_fill = venue.shuffled_seats(seed);
    let part_seats = venue.seats / PARTS;
    let mut whole: Option<FinishedSale> = None;
    for part in 0..PARTS {
        let level = part * part_seats..(part + 1) * part_seats;
        let mut sold = sell(rig, venue, event_id, (SeatSelection::BestAvailable, level), clients, SALE_MAX).await?;
        house::release(target, &sold.progress.holds).await?;
        // Raise the level. After the last part this holds the rest of the seats.
        let seats = to_fill.split_off(to_fill.len() - part_seats as usize);
        house::hold(target, event_id, &seats).await?;
        whole = Some(match whole {
            None => sold,
            Some(mut whole) => {
                let part = part as usize;
                whole.progress.parts[part] = std::mem::take(&mut sold.progress.parts[part]);
                whole.recorder.add(&sold.recorder)?;
                whole.progress.held = sold.progress.held;
                whole
            }
        });
    }
    Ok(whole.expect("PARTS is not 0"))
}
