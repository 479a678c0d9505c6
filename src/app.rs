//! What handlers and workers share, built once.

mod worker_health; // when each worker last did its work

pub use worker_health::WorkerHealth;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::PgPool;
use tokio::sync::Semaphore;

use crate::config::Settings;
use crate::domain::payment_token::PaymentTokens;
use crate::inventory::Inventory;

/// Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    /// For reads and for the writes in `ops`. Inventory has its own connections.
    pub pool: PgPool,
    pub inventory: Inventory,
    pub tokens: PaymentTokens,
    pub readiness: Readiness,
    /// When each worker last did its work.
    pub workers: WorkerHealth,
    /// Of the audits that are asked for: each reads everything and keeps a connection for that long, so one at a time.
    pub audit_turn: Arc<Semaphore>,
}

/// Whether this process wants requests: yes from the start until it is told to stop.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
}

impl Readiness {
    pub fn is_ready(&self) -> bool {
        !self.draining.load(Ordering::Relaxed)
    }

    /// From now on load balancers are asked to look elsewhere.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }
}
