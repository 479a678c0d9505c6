//! State shared by all handlers and workers, built once at start.

mod readiness; // whether this process accepts requests
mod worker_health; // when each worker last succeeded

pub use readiness::Readiness;
pub use worker_health::WorkerHealth;

use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::Semaphore;

use crate::config::Settings;
use boxoffice_engine::inventory::Inventory;

/// Shared state of the server. Cheap to clone: every field is a shared handle.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    /// Connections for reads and for the writes of features. Inventory has its own connections.
    pub pool: PgPool,
    /// Executes all commands that change capacity.
    pub inventory: Inventory,
    /// The connection on which the status of events is read; here so that metrics can show it.
    pub status_pool: PgPool,
    pub readiness: Readiness,
    /// When each worker last succeeded.
    pub workers: WorkerHealth,
    /// One permit for invariants checks requested over HTTP: each reads whole tables and occupies a connection
    /// meanwhile.
    pub invariants_semaphore: Arc<Semaphore>,
}
