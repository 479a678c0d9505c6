//! Inventory: THE ONLY PLACE WHERE CAPACITY CHANGES.
//!
//! Guarantees for callers:
//! - A command takes effect at most once. Commands of one event are decided in the order in which lanes took them, on
//!   state that the event's row lock protects from other writers, at a time read from the database after the lock was
//!   taken.
//! - An outcome or a refusal from `submit` is based on committed data; the writes of the batch are committed too (a
//!   refusal can have expired overdue holds). After an error other than `OutcomeUnknown` nothing was changed.
//! - A caller may stop waiting at any moment. The command is then executed completely or not at all.
//!
//! Lock protocol: a batch locks the `inventory` rows of all its events with one `SELECT … ORDER BY event_id FOR UPDATE`
//! before it reads anything that it decides on. The inventory of an event changes only under that row lock. A batch
//! locks no other row explicitly, so there is no second lock order.
//!
//! Call path: `lanes` (queue → batch) → `execute` (retry, isolate failures, resolve unknown commits) → `batch` (one
//! transaction) → `load` → `decide` → `store`. A lane is a task with a database connection that executes batches.

mod batch;
pub mod batch_state;
pub mod changes;
pub mod command;
mod commit_marker;
pub mod decide;
mod error;
mod execute;
mod lanes;
mod load;
pub mod loaded_seats;
pub mod queue;
pub mod read_set;
mod seat_cache;
mod store;

use std::sync::Arc;

use sqlx::PgPool;

pub use self::error::{CommandError, outcome_label};
pub use self::lanes::LanesHealth;

use self::command::{Command, Outcome};
use self::execute::Executor;
use self::lanes::Lanes;
use self::seat_cache::SeatCache;
use crate::db::connect::Connections;
use crate::db::held_connection::HeldConnection;
use crate::settings::{HoldRules, InventoryMode, InventorySettings};

/// Handle to the inventory engine: the only way to change capacity. Cheap to clone.
#[derive(Clone)]
pub struct Inventory {
    engine: Arc<Engine>,
    pool: PgPool,
}

enum Engine {
    Lanes(Lanes),
    /// One transaction per command, without queue and lanes. Only for comparison in benchmarks.
    PerRequest(Executor),
}

impl Inventory {
    /// Starts the lanes on the current runtime. `pool` must be used by nothing else and have one connection per lane.
    pub fn start(settings: &InventorySettings, rules: HoldRules, pool: PgPool) -> Self {
        // Only half of the command deadline, because new commands of the same events wait while a batch is retried.
        let (retry_within, isolate_within) = (settings.command_deadline / 2, settings.answer_within);
        let seat_cache = SeatCache::default();
        let executor = Executor { pool: pool.clone(), rules, seat_cache, retry_within, isolate_within };
        let engine = match settings.mode {
            InventoryMode::PerRequest => Engine::PerRequest(executor),
            InventoryMode::Lanes => Engine::Lanes(Lanes::start(settings, &executor)),
        };
        Self { engine: Arc::new(engine), pool }
    }

    /// Queues a command and waits for its result. If the caller drops this future, a queued command is given up; one
    /// that a batch has taken is still executed. Without lanes there is no queue, so every command is executed.
    ///
    /// # Errors
    ///
    /// See [`CommandError`]. Only after `OutcomeUnknown` can the command have changed something.
    pub async fn submit(&self, command: Command) -> Result<Outcome, CommandError> {
        match &*self.engine {
            Engine::Lanes(lanes) => lanes.submit(command).await,
            Engine::PerRequest(executor) => {
                let executor = executor.clone();
                // A separate task, so that dropping this future does not drop the transaction.
                let task =
                    tokio::spawn(async move { executor.execute(&mut HeldConnection::default(), &[command]).await });
                let result = task.await.ok().and_then(|mut results| results.pop());
                result.unwrap_or(Err(CommandError::OutcomeUnknown))
            }
        }
    }

    /// Refuses new commands and waits until the lanes have emptied the queue. Without lanes it does nothing.
    pub async fn drain(&self) {
        if let Engine::Lanes(lanes) = &*self.engine {
            lanes.drain().await;
        }
    }

    /// Connection counts of the pool that batches use.
    pub fn connections(&self) -> Connections {
        Connections::from_pool(&self.pool)
    }

    /// Number of running lanes and queue length; all zero without lanes.
    pub fn lanes_health(&self) -> LanesHealth {
        match &*self.engine {
            Engine::Lanes(lanes) => lanes.health(),
            Engine::PerRequest(_) => LanesHealth { alive: 0, total: 0, queue_depth: 0 },
        }
    }
}
