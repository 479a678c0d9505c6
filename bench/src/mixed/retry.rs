//! A client that repeats a request until it gets a final answer, as the documentation says.

use std::time::{Duration, Instant};

use rand::Rng as _;
use tokio::time::sleep;

use crate::api;
use crate::client::Client;
use crate::target::Target;

/// A request without a final answer is given up after this time. Longer than a restart takes.
const GIVE_UP_AFTER: Duration = Duration::from_secs(30);

/// The pause before a repeat, in milliseconds, random so that clients that failed together do not repeat together. A
/// client without a limit of repeats uses only this pause, shorter than `Retry-After`, so that it sends requests during
/// the failure. A client with a limit waits for `Retry-After` too.
const PAUSE_MILLIS: std::ops::RangeInclusive<u64> = 10..=100;

/// Sends requests to one of several servers, and to the next one after a connection error.
pub struct RetryingClient {
    client: Client,
    targets: Vec<Target>,
    target_index: usize,
    repeats_max: Option<u8>,
}

/// The final answer to a request, and the earlier tries.
pub struct FinalAnswer {
    pub status: u16,
    pub label: String,
    pub replayed: bool,
    pub body: Vec<u8>,
    /// The result of each earlier try.
    pub repeated: Vec<String>,
}

/// A request without a final answer within the time limit or the number of tries.
pub struct GivenUp {
    /// The result of each earlier try, and of the last one.
    pub repeated: Vec<String>,
    pub last: String,
    /// Whether the time limit was reached. The next request would probably reach it too.
    pub out_of_time: bool,
}

impl RetryingClient {
    /// The client with this index. The clients are distributed over the targets, of which there must be at least one.
    pub fn new(targets: &[Target], index: usize, repeats_max: Option<u8>) -> Self {
        let target_index = index % targets.len();
        Self { client: Client::new(targets[target_index]), targets: targets.to_vec(), target_index, repeats_max }
    }

    /// Sends a request, and repeats it until there is a final answer.
    ///
    /// # Errors
    ///
    /// When there is no final answer within the time limit or the number of tries. The request may or may not have been
    /// executed.
    pub async fn send(&mut self, request: &[u8]) -> Result<FinalAnswer, GivenUp> {
        let give_up_at = Instant::now() + GIVE_UP_AFTER;
        let mut repeated = Vec::new();
        loop {
            let mut pause = Duration::from_millis(rand::rng().random_range(PAUSE_MILLIS));
            let failed = match self.client.send(request).await {
                Ok(answer) => {
                    let label = api::label(&answer);
                    if !is_transient(answer.status, &label) {
                        let (status, replayed, body) = (answer.status, answer.replayed, answer.body.to_vec());
                        return Ok(FinalAnswer { status, label, replayed, body, repeated });
                    }
                    let retry_after = self.repeats_max.and(answer.retry_after);
                    pause += retry_after.map_or(Duration::ZERO, Duration::from_secs);
                    label
                }
                Err(error) => {
                    self.next_target();
                    error.to_string()
                }
            };
            let out_of_time = Instant::now() >= give_up_at;
            if out_of_time || self.repeats_max.is_some_and(|repeats_max| repeated.len() >= usize::from(repeats_max)) {
                return Err(GivenUp { repeated, last: failed, out_of_time });
            }
            repeated.push(failed);
            sleep(pause).await;
        }
    }

    fn next_target(&mut self) {
        self.target_index = (self.target_index + 1) % self.targets.len();
        self.client.redirect(self.targets[self.target_index]);
    }
}

/// Whether a repeat may have another answer: the service or a proxy is not available, or the first try is still
/// running.
fn is_transient(status: u16, label: &str) -> bool {
    matches!(status, 502..=504) || label == "409 REQUEST_IN_PROGRESS"
}
