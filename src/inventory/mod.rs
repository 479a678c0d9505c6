//! Inventory: THE ONLY PLACE WHERE CAPACITY CHANGES.
//!
//! What a caller may rely on:
//! - A command is decided once, in the order in which its event's lane took it, on state that nobody else can change
//!   meanwhile, at a time read from the database after that.
//! - When `submit` answers with an outcome or a refusal, that is committed (a refusal may have expired overdue holds).
//!   When it answers with an error other than `OutcomeUnknown`, nothing was changed.
//! - A caller may stop waiting at any moment; the command is finished or not started, never half done.
//!
//! Lock protocol: a batch locks the `inventory` rows of all its events with one `SELECT … ORDER BY event_id FOR UPDATE`
//! before it reads anything that it decides on. Everything about an event's inventory changes only under that lock, and
//! nothing else is ever locked, so there is no lock order to get wrong.
//!
//! Straight down: `lanes` (queue → batch) → `execute` (retry, isolate, settle) → `batch` (one transaction) →
//! `load` → `decide` → `store`.

mod batch;
pub mod batch_state;
pub mod changes;
pub mod command;
mod commit_marker;
pub mod decide;
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

pub use self::lanes::LanesHealth;

use self::command::{Command, Outcome, Refusal};
use self::execute::Executor;
use self::lanes::Lanes;
use self::seat_cache::SeatCache;
use crate::config::{InventoryMode, InventorySettings};
use crate::db::connect::Connections;
use crate::db::held_connection::HeldConnection;
use crate::domain::hold_rules::HoldRules;

/// Why a command has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("refused")]
    Refused(Refusal),
    /// The lane's queue is full. Nothing was done.
    #[error("too many commands are waiting")]
    Overloaded,
    /// The database could not be reached, or was too busy, in time. Nothing was done.
    #[error("the database is not available")]
    Unavailable,
    /// The connection was lost at COMMIT and the database cannot be asked what happened.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
    /// PostgreSQL refused what `decide` allowed: a bug, already logged. Nothing was done.
    #[error("the database and the decision disagree")]
    Inconsistent,
}

/// What metrics call what became of a command.
pub fn outcome_label(result: &Result<Outcome, CommandError>) -> &'static str {
    result.as_ref().map_or_else(CommandError::label, Outcome::label)
}

impl CommandError {
    /// In metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "unknown",
            Self::Inconsistent => "inconsistent",
        }
    }
}

/// The door to inventory. Cheap to clone.
#[derive(Clone)]
pub struct Inventory {
    engine: Arc<Engine>,
    pool: PgPool,
}

enum Engine {
    Lanes(Lanes),
    /// One transaction per command, for comparison in benchmarks: the same load, decide and store without the lanes.
    PerRequest(Executor),
}

impl Inventory {
    /// Starts the lanes on the current runtime. `pool` is theirs alone and has a connection for each.
    pub fn start(settings: &InventorySettings, rules: HoldRules, pool: PgPool) -> Self {
        // Half of what a command may wait: those that come while a batch is tried again wait behind it.
        let (retry_within, isolate_within) = (settings.command_deadline / 2, settings.answer_within);
        let seatings = SeatCache::default();
        let executor = Executor { pool: pool.clone(), rules, seatings, retry_within, isolate_within };
        let engine = match settings.mode {
            InventoryMode::PerRequest => Engine::PerRequest(executor),
            InventoryMode::Lanes => Engine::Lanes(Lanes::start(settings, &executor)),
        };
        Self { engine: Arc::new(engine), pool }
    }

    /// Gives a command to the lanes and waits for the answer. What has begun is finished even if the caller goes away; what
    /// only waits is given up with its caller.
    pub async fn submit(&self, command: Command) -> Result<Outcome, CommandError> {
        match &*self.engine {
            Engine::Lanes(lanes) => lanes.submit(command).await,
            Engine::PerRequest(executor) => {
                let executor = executor.clone();
                // A task of its own, so that a caller that goes away does not drop the transaction.
                let task =
                    tokio::spawn(async move { executor.execute(&mut HeldConnection::default(), &[command]).await });
                let result = task.await.ok().and_then(|mut results| results.pop());
                result.unwrap_or(Err(CommandError::OutcomeUnknown))
            }
        }
    }

    /// Refuses what comes from now on, and finishes what has a caller or has begun.
    pub async fn drain(&self) {
        if let Engine::Lanes(lanes) = &*self.engine {
            lanes.drain().await;
        }
    }

    /// The connections that batches run on.
    pub fn connections(&self) -> Connections {
        Connections::of(&self.pool)
    }

    /// How the lanes are.
    pub fn lanes(&self) -> LanesHealth {
        match &*self.engine {
            Engine::Lanes(lanes) => lanes.health(),
            Engine::PerRequest(_) => LanesHealth { alive: 0, total: 0, queue_depth: 0 },
        }
    }
}
