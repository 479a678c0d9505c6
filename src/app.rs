//! What handlers and workers share, built once.

mod readiness; // whether this process wants requests
mod worker_health; // when each worker last did its work

pub use readiness::Readiness;
pub use worker_health::WorkerHealth;

use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::Semaphore;

use crate::config::Settings;
use crate::domain::payment_token::PaymentTokens;
use crate::inventory::Inventory;
use crate::reads::StatusReads;

/// Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    /// For reads and for the writes in `ops`. Inventory has its own connections.
    pub pool: PgPool,
    pub inventory: Inventory,
    /// What a sale asks for most.
    pub status_reads: StatusReads,
    pub tokens: PaymentTokens,
    pub readiness: Readiness,
    /// When each worker last did its work.
    pub workers: WorkerHealth,
    /// Of the audits that are asked for: each reads everything and keeps a connection for that long, so one at a time.
    pub invariants_turn: Arc<Semaphore>,
}
