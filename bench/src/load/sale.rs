//! A sale of seats, of which there are fewer and fewer: what its visitors ask for, and how it goes while the house fills.

use std::io;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::SmallRng;
use uuid::Uuid;

use super::closed_loop::Until;
use super::recorder::{Latencies, Verdict};
use super::visitor::judge;
use crate::api::{self, HoldPlaced};
use crate::client::Client;

/// How finely it is told how full the house is: in parts of 5 %.
pub const PARTS: u32 = 20;

/// Of the groups that are seated by the service.
const GROUP_SIZES: Range<u32> = 1..7;

/// What the visitors ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// One seat, drawn from all of which the visitor has not been told that they are gone. Nobody looks at the seat map, so
    /// that visitors want the same seat as often as chance has it.
    Named,
    /// Seats for a group, every size as often as the others. The service chooses them.
    BestAvailable,
}

/// Shared by its visitors.
pub struct Sale {
    event_id: Uuid,
    wish: Wish,
    /// Of the house.
    seats: u32,
    /// The sale ends when so many are held.
    enough: u32,
    until: Until,
    /// One request for each size of a group.
    groups: Vec<(u32, Box<[u8]>)>,
    course: Mutex<Course>,
}

/// How a sale went.
pub struct Course {
    /// Seats, those included that were held before.
    pub held: u32,
    /// By how full the house was.
    pub parts: Vec<Part>,
    /// Those of groups.
    pub holds: Vec<HoldPlaced>,
    /// When the last hold was accepted, or the first visitor came.
    last: Option<Instant>,
}

/// What happened while a twentieth of the house filled.
#[derive(Default)]
pub struct Part {
    /// Latencies of holds.
    pub accepted: Latencies,
    pub seats: u32,
    pub refused: u64,
    /// From the last hold of the part before until the last of this one.
    pub took: Duration,
}

impl Sale {
    /// Of `house` seats, some of which are held by others already, until so many are held or nobody may ask any more.
    pub fn new(event_id: Uuid, wish: Wish, house: u32, held: Range<u32>, until: Until) -> Self {
        let groups = GROUP_SIZES.map(|size| (size, api::hold_best_available(event_id, size).into())).collect();
        let parts = (0..PARTS).map(|_| Part::default()).collect();
        let course = Mutex::new(Course { held: held.start, parts, holds: Vec::new(), last: None });
        Self { event_id, wish, seats: house, enough: held.end, until, groups, course }
    }

    /// What a visitor who knows nothing may ask for.
    pub(super) fn seats_on_sale(&self) -> Vec<u32> {
        match self.wish {
            Wish::Named => (0..self.seats).collect(),
            Wish::BestAvailable => Vec::new(),
        }
    }

    pub(super) async fn visit(
        &self,
        client: &mut Client,
        rng: &mut SmallRng,
        on_sale: &mut Vec<u32>,
    ) -> io::Result<Verdict> {
        match self.wish {
            Wish::Named => self.one_seat(client, rng, on_sale).await,
            Wish::BestAvailable => {
                let (size, request) = &self.groups[rng.random_range(0..self.groups.len())];
                self.ask(client, request, *size).await
            }
        }
    }

    async fn one_seat(&self, client: &mut Client, rng: &mut SmallRng, on_sale: &mut Vec<u32>) -> io::Result<Verdict> {
        if on_sale.is_empty() {
            // Somebody's answer was lost, and with it a seat; or the service refuses what nobody has.
            self.until.enough();
            return Ok(Verdict::Failed("every seat is gone, but not everyone has one".to_owned()));
        }
        let draw = rng.random_range(0..on_sale.len());
        let verdict = self.ask(client, &api::hold_seats(self.event_id, &[on_sale[draw]]), 1).await?;
        if matches!(verdict, Verdict::Accepted | Verdict::Refused) {
            on_sale.swap_remove(draw);
        }
        Ok(verdict)
    }

    async fn ask(&self, client: &mut Client, request: &[u8], size: u32) -> io::Result<Verdict> {
        let asked = Instant::now();
        self.course().last.get_or_insert(asked);
        let answer = client.send(request).await?;
        let verdict = judge(&answer);
        let answered = Instant::now();
        match verdict {
            Verdict::Accepted => {
                let hold = match self.wish {
                    Wish::Named => None,
                    Wish::BestAvailable => Some(serde_json::from_slice(answer.body)?),
                };
                self.accepted(size, hold, answered, answered - asked);
            }
            Verdict::Refused => self.course().part(self.seats).refused += 1,
            Verdict::Shed | Verdict::Failed(_) => {}
        }
        Ok(verdict)
    }

    fn accepted(&self, size: u32, hold: Option<HoldPlaced>, answered: Instant, latency: Duration) {
        let mut course = self.course();
        let since_last = answered.saturating_duration_since(course.last.unwrap_or(answered));
        course.last = Some(answered);
        course.holds.extend(hold);
        let part = course.part(self.seats);
        part.accepted.record(latency);
        part.seats += size;
        part.took += since_last;
        course.held += size;
        if course.held >= self.enough {
            self.until.enough();
        }
    }

    /// Once all visitors have gone.
    pub fn into_course(self) -> Course {
        self.course.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never held across an await.
    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Course {
    fn part(&mut self, house: u32) -> &mut Part {
        let part = self.held.saturating_mul(PARTS) / house.max(1);
        &mut self.parts[part.min(PARTS - 1) as usize]
    }
}
