//! Settings of the engine: limits of holds, lanes and queues, and how the database is reached.

use std::time::Duration;

use secrecy::SecretString;

/// Largest allowed value of `BATCH_MAX`, in commands per batch.
pub const COMMANDS_PER_BATCH_MAX: u16 = 4096;

/// Limits and defaults for holds. An event can have a lower `quantity_max` and another default time to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldRules {
    /// Time to live in seconds if neither the request nor the event has one.
    pub ttl_seconds_default: u32,
    /// Largest quantity of one hold in places, all items together. An event can lower it, but not raise it.
    pub quantity_max: u32,
    /// Longest life in seconds that extensions can give a hold, from its creation.
    pub lifetime_seconds_max: u32,
    /// Largest number of extensions of one hold.
    pub extensions_max: u32,
}

/// Settings of the database connections.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// Secret, because it may contain a password.
    pub url: SecretString,
    /// The most connections for requests and workers. The lanes and the status reader have their own.
    pub pool_connections_max: u32,
    /// How long a request waits for a connection before it is answered 503.
    pub acquire_timeout: Duration,
    /// PostgreSQL's `statement_timeout`.
    pub statement_timeout: Duration,
    /// PostgreSQL's `lock_timeout`.
    pub lock_timeout: Duration,
    /// PostgreSQL's `idle_in_transaction_session_timeout`.
    pub idle_in_transaction_timeout: Duration,
}

/// Settings of the inventory engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventorySettings {
    /// Number of lanes: tasks with their own connection that execute waiting commands in batches.
    pub lanes: usize,
    /// The most commands in one batch.
    pub batch_max: usize,
    /// The most holds, and separately bookings, that may wait for one event; further ones are answered 503 at once.
    pub event_queue_max: usize,
    /// The same limit for all events together.
    pub queue_max: usize,
    /// The longest wait of a command for its batch; after it the command is answered 503 and not executed. Organisers'
    /// commands have no such limit.
    pub command_deadline: Duration,
    /// How long a request waits for the result of its command or read. Organisers' commands wait longer.
    pub answer_within: Duration,
    pub mode: InventoryMode,
}

/// How commands are grouped into transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InventoryMode {
    /// Batches, executed by lanes.
    Lanes,
    /// One transaction per command; only for comparison in `make bench`.
    PerRequest,
}
