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

/// How long those who find nothing on sale wait for the answers that are on their way.
const LAST_ANSWERS: Duration = Duration::from_millis(500);

/// What the visitors ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// One seat, drawn from a seat map that all visitors look at. It shows what answers have told, so that visitors want the
    /// same seat as often as chance has it while the answers are on their way.
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
    map: Mutex<Map>,
}

/// The seats that are on sale, as far as answers have told.
struct Map {
    on_sale: Vec<u32>,
    /// By seat: where in `on_sale`.
    place: Vec<Option<usize>>,
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
        let map = Mutex::new(Map::of(if wish == Wish::Named { house } else { 0 }));
        Self { event_id, wish, seats: house, enough: held.end, until, groups, course, map }
    }

    pub(super) async fn visit(&self, client: &mut Client, rng: &mut SmallRng) -> io::Result<Verdict> {
        match self.wish {
            Wish::Named => self.one_seat(client, rng).await,
            Wish::BestAvailable => {
                let (size, request) = &self.groups[rng.random_range(0..self.groups.len())];
                self.ask(client, request, *size).await
            }
        }
    }

    async fn one_seat(&self, client: &mut Client, rng: &mut SmallRng) -> io::Result<Verdict> {
        let drawn = self.map().draw(rng);
        let Some(seat) = drawn else {
            // What is left is on its way to others, or the answer that gave it to somebody was lost.
            tokio::time::sleep(LAST_ANSWERS).await;
            self.until.enough();
            let sold_out = self.course().held >= self.enough;
            let lost = || Verdict::Failed("every seat is gone, but not everyone has one".to_owned());
            return Ok(if sold_out { Verdict::Refused } else { lost() });
        };
        let verdict = self.ask(client, &api::hold_seats(self.event_id, &[seat]), 1).await?;
        if matches!(verdict, Verdict::Accepted | Verdict::Refused) {
            self.map().gone(seat);
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
    fn map(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never held across an await.
    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Map {
    fn of(seats: u32) -> Self {
        Self { on_sale: (0..seats).collect(), place: (0..seats as usize).map(Some).collect() }
    }

    /// It stays on sale until somebody is answered.
    fn draw(&self, rng: &mut SmallRng) -> Option<u32> {
        (!self.on_sale.is_empty()).then(|| self.on_sale[rng.random_range(0..self.on_sale.len())])
    }

    /// Somebody was told so, perhaps not as the first.
    fn gone(&mut self, seat: u32) {
        let Some(place) = self.place[seat as usize].take() else { return };
        self.on_sale.swap_remove(place);
        if let Some(moved) = self.on_sale.get(place) {
            self.place[*moved as usize] = Some(place);
        }
    }
}

impl Course {
    fn part(&mut self, house: u32) -> &mut Part {
        let part = self.held.saturating_mul(PARTS) / house.max(1);
        &mut self.parts[part.min(PARTS - 1) as usize]
    }
}
