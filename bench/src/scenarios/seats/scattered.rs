//! The best seats of what chance has left: the house is filled at random, seats for groups are looked for and given back,
//! and it is filled further.
//!
//! A sale of the best seats alone leaves the house in order. This is what is left of one where everybody chose for themselves.

use super::course::Sold;
use super::{SALE_MAX, sell};
use crate::load::sale::{PARTS, Wish};
use crate::scenarios::house::{self, House};
use crate::scenarios::rig::Rig;
use crate::suite::Seats;

/// For every round one sale with a part for each level. The last level is sold until nothing is left.
///
/// # Errors
///
/// When something does not run, or a count is not what it must be.
pub async fn run(rig: &mut Rig<'_>, house: &House, table: &Seats) -> anyhow::Result<Vec<Sold>> {
    let mut rounds = Vec::new();
    for round in 1..=table.rounds {
        rig.site.progress.step(&format!("best available, scattered, round {round}/{}", table.rounds));
        let sold = one_round(rig, house, table.curve_clients, u64::from(round)).await?;
        rig.site.progress.done(&format!("best available, scattered: {}", sold.in_short()));
        rounds.push(sold);
    }
    Ok(rounds)
}

async fn one_round(rig: &mut Rig<'_>, house: &House, clients: usize, seed: u64) -> anyhow::Result<Sold> {
    let target = rig.lanes()?.target;
    let (event_id, _) = house.create_event(target).await?;
    let mut at_random = house.shuffled(seed);
    let part_seats = house.seats / PARTS;
    let mut whole: Option<Sold> = None;
    for part in 0..PARTS {
        let level = part * part_seats..(part + 1) * part_seats;
        let mut sold = sell(rig, house, event_id, (Wish::BestAvailable, level), clients, SALE_MAX).await?;
        house::release(target, &sold.course.holds).await?;
        // Those that are filled are not available to the next level; there is none after the last.
        let fill = at_random.split_off(at_random.len() - part_seats as usize);
        house::hold(target, event_id, &fill).await?;
        whole = Some(match whole {
            None => sold,
            Some(mut whole) => {
                let part = part as usize;
                whole.course.parts[part] = std::mem::take(&mut sold.course.parts[part]);
                whole.recorder.add(&sold.recorder)?;
                whole.course.held = sold.course.held;
                whole
            }
        });
    }
    Ok(whole.expect("a house has parts"))
}
