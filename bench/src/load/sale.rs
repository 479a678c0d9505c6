//! A sale of numbered seats until all are sold: the requests of its visitors, and its progress.

use std::io;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::SmallRng;
use uuid::Uuid;

use super::closed_loop::WindowEnd;
use super::recorder::{Latencies, RequestOutcome};
use super::visitor::classify;
use crate::api::{self, HoldPlaced};
use crate::client::Client;

/// Number of parts of a sale: 5 % of the seats each.
pub const PARTS: u32 = 20;

/// Sizes of the groups for best available.
const GROUP_SIZES: Range<u32> = 1..7;

/// How long a visitor without a seat to choose waits for the outstanding answers of others.
const LAST_ANSWERS_WAIT: Duration = Duration::from_millis(500);

/// How visitors select seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatSelection {
    /// One seat, chosen at random from a list of available seats that all visitors share. Answers update the list, so
    /// two visitors can choose the same seat only while an answer is outstanding.
    Named,
    /// Seats for a group, chosen by the service. All sizes have the same probability.
    BestAvailable,
}

/// A sale, shared by its visitors.
pub struct Sale {
    event_id: Uuid,
    selection: SeatSelection,
    /// Number of seats of the event.
    seats: u32,
    /// Number of held seats at which the sale ends.
    held_at_end: u32,
    window_end: WindowEnd,
    /// Size and request of each kind of group.
    groups: Vec<(u32, Box<[u8]>)>,
    progress: Mutex<SaleProgress>,
    available: Mutex<AvailableSeats>,
}

/// The available seats, as far as they are known from answers.
struct AvailableSeats {
    seats: Vec<u32>,
    /// By seat: its index in `seats`.
    index: Vec<Option<usize>>,
}

/// Progress of a sale.
pub struct SaleProgress {
    /// Number of held seats, including those that were held before the sale.
    pub held: u32,
    /// Measurements by share of the seats that were sold.
    pub parts: Vec<Part>,
    /// The holds of groups.
    pub holds: Vec<HoldPlaced>,
    /// Time of the last accepted hold, or of the first request.
    last: Option<Instant>,
}

/// Measurements while one twentieth of the seats was sold.
#[derive(Default)]
pub struct Part {
    /// Latencies of holds.
    pub accepted: Latencies,
    pub seats: u32,
    pub refused: u64,
    /// Time from the last hold of the previous part until the last hold of this one.
    pub took: Duration,
}

impl Sale {
    /// A sale of an event with `seats` seats. `held` is the number of held seats before the sale and at its end; the
    /// window can end earlier.
    pub fn new(event_id: Uuid, selection: SeatSelection, seats: u32, held: Range<u32>, window_end: WindowEnd) -> Self {
        let groups = GROUP_SIZES.map(|size| (size, api::hold_best_available(event_id, size).into())).collect();
        let parts = (0..PARTS).map(|_| Part::default()).collect();
        let progress = Mutex::new(SaleProgress { held: held.start, parts, holds: Vec::new(), last: None });
        let named_seats = if selection == SeatSelection::Named { seats } else { 0 };
        let available = Mutex::new(AvailableSeats::new(named_seats));
        Self { event_id, selection, seats, held_at_end: held.end, window_end, groups, progress, available }
    }

    pub(super) async fn visit(&self, client: &mut Client, rng: &mut SmallRng) -> io::Result<RequestOutcome> {
        match self.selection {
            SeatSelection::Named => self.hold_one_seat(client, rng).await,
            SeatSelection::BestAvailable => {
                let (size, request) = &self.groups[rng.random_range(0..self.groups.len())];
                self.send(client, request, *size).await
            }
        }
    }

    async fn hold_one_seat(&self, client: &mut Client, rng: &mut SmallRng) -> io::Result<RequestOutcome> {
        let chosen = self.available().choose(rng);
        let Some(seat) = chosen else {
            // An answer about the last seats is outstanding or was lost.
            tokio::time::sleep(LAST_ANSWERS_WAIT).await;
            self.window_end.end_now();
            let sold_out = self.progress().held >= self.held_at_end;
            let lost = || RequestOutcome::Failed("no seat is available, but not every seat was accepted".to_owned());
            return Ok(if sold_out { RequestOutcome::Refused } else { lost() });
        };
        let outcome = self.send(client, &api::hold_seats(self.event_id, &[seat]), 1).await?;
        if matches!(outcome, RequestOutcome::Accepted | RequestOutcome::Refused) {
            self.available().remove(seat);
        }
        Ok(outcome)
    }

    async fn send(&self, client: &mut Client, request: &[u8], size: u32) -> io::Result<RequestOutcome> {
        let sent = Instant::now();
        self.progress().last.get_or_insert(sent);
        let answer = client.send(request).await?;
        let outcome = classify(&answer);
        let answered = Instant::now();
        match outcome {
            RequestOutcome::Accepted => {
                let hold = match self.selection {
                    SeatSelection::Named => None,
                    SeatSelection::BestAvailable => Some(serde_json::from_slice(answer.body)?),
                };
                self.record_accepted(size, hold, answered, answered - sent);
            }
            RequestOutcome::Refused => self.progress().part(self.seats).refused += 1,
            RequestOutcome::Shed | RequestOutcome::Failed(_) => {}
        }
        Ok(outcome)
    }

    fn record_accepted(&self, size: u32, hold: Option<HoldPlaced>, answered: Instant, latency: Duration) {
        let mut progress = self.progress();
        let since_last = answered.saturating_duration_since(progress.last.unwrap_or(answered));
        progress.last = Some(answered);
        progress.holds.extend(hold);
        let part = progress.part(self.seats);
        part.accepted.record(latency);
        part.seats += size;
        part.took += since_last;
        progress.held += size;
        if progress.held >= self.held_at_end {
            self.window_end.end_now();
        }
    }

    /// The progress, after all visitors have ended.
    pub fn into_progress(self) -> SaleProgress {
        self.progress.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The guard must not be held across an await.
    fn available(&self) -> MutexGuard<'_, AvailableSeats> {
        self.available.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The guard must not be held across an await.
    fn progress(&self) -> MutexGuard<'_, SaleProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AvailableSeats {
    fn new(seats: u32) -> Self {
        Self { seats: (0..seats).collect(), index: (0..seats as usize).map(Some).collect() }
    }

    /// A random seat. It stays in the list until an answer about it arrives.
    fn choose(&self, rng: &mut SmallRng) -> Option<u32> {
        (!self.seats.is_empty()).then(|| self.seats[rng.random_range(0..self.seats.len())])
    }

    /// Removes a seat after an answer about it. Does nothing if it was removed before.
    fn remove(&mut self, seat: u32) {
        let Some(index) = self.index[seat as usize].take() else { return };
        self.seats.swap_remove(index);
        if let Some(moved) = self.seats.get(index) {
            self.index[*moved as usize] = Some(index);
        }
    }
}

impl SaleProgress {
    /// The present part of the sale of `seats` seats.
    fn part(&mut self, seats: u32) -> &mut Part {
        let part = self.held.saturating_mul(PARTS) / seats.max(1);
        &mut self.parts[part.min(PARTS - 1) as usize]
    }
}
