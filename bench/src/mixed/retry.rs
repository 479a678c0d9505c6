//! A client that repeats a request until an answer settles it, as the documentation tells clients to.

use std::time::{Duration, Instant};

use rand::Rng as _;
use tokio::time::sleep;

use crate::api;
use crate::client::Client;
use crate::target::Target;

/// After this without a settling answer a request is given up. Longer than a restart takes.
const GIVE_UP_AFTER: Duration = Duration::from_secs(30);

/// The pause before a repetition, in milliseconds, drawn at random so that clients that failed together do not come back
/// together. Shorter than `Retry-After` says: a client that may repeat as often as it likes shall meet the failure, not avoid
/// it. One that has few tries waits as it is told.
const PAUSE_MILLIS: std::ops::RangeInclusive<u64> = 10..=100;

/// Sends to one of several servers, and to the next one when that cannot be reached.
pub struct Patient {
    client: Client,
    targets: Vec<Target>,
    present: usize,
    repeats_max: Option<u8>,
}

/// The answer that settled a request, and what it took.
pub struct CommitResolution {
    pub status: u16,
    pub label: String,
    pub replayed: bool,
    pub body: Vec<u8>,
    /// Why each earlier try was repeated.
    pub repeated: Vec<String>,
}

/// No answer settled the request in time, or in as many tries as it has.
pub struct GivenUp {
    /// Why each earlier try was repeated, and how the last one ended.
    pub repeated: Vec<String>,
    pub last: String,
    /// Whether it took all the time there is, as the next one will.
    pub out_of_time: bool,
}

impl Patient {
    /// The client of this index, dealt to one of the targets. There must be at least one.
    pub fn new(targets: &[Target], index: usize, repeats_max: Option<u8>) -> Self {
        let present = index % targets.len();
        Self { client: Client::new(targets[present]), targets: targets.to_vec(), present, repeats_max }
    }

    /// # Errors
    ///
    /// When no answer settles the request in time, or in as many tries as it has. It may or may not have been executed.
    pub async fn send(&mut self, request: &[u8]) -> Result<CommitResolution, GivenUp> {
        let give_up_at = Instant::now() + GIVE_UP_AFTER;
        let mut repeated = Vec::new();
        loop {
            let mut pause = Duration::from_millis(rand::rng().random_range(PAUSE_MILLIS));
            let failed = match self.client.send(request).await {
                Ok(answer) => {
                    let label = api::label(&answer);
                    if !passes(answer.status, &label) {
                        let (status, replayed, body) = (answer.status, answer.replayed, answer.body.to_vec());
                        return Ok(CommitResolution { status, label, replayed, body, repeated });
                    }
                    let told = self.repeats_max.and(answer.retry_after);
                    pause += told.map_or(Duration::ZERO, Duration::from_secs);
                    label
                }
                Err(error) => {
                    self.next_target();
                    error.to_string()
                }
            };
            let out_of_time = Instant::now() >= give_up_at;
            if out_of_time || self.repeats_max.is_some_and(|most| repeated.len() >= usize::from(most)) {
                return Err(GivenUp { repeated, last: failed, out_of_time });
            }
            repeated.push(failed);
            sleep(pause).await;
        }
    }

    fn next_target(&mut self) {
        self.present = (self.present + 1) % self.targets.len();
        self.client.redirect(self.targets[self.present]);
    }
}

/// Whether the same request, repeated, may be answered differently: the service or a proxy before it is unwell, or the
/// first try still runs.
fn passes(status: u16, label: &str) -> bool {
    matches!(status, 502..=504) || label == "409 REQUEST_IN_PROGRESS"
}
