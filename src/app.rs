//! What handlers and workers share, built once.

use sqlx::PgPool;

use crate::config::Settings;
use crate::domain::payment_token::PaymentTokens;
use crate::inventory::Inventory;

/// Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct App {
    pub settings: std::sync::Arc<Settings>,
    /// For reads and for the writes in `ops`. Inventory has its own connections.
    pub pool: PgPool,
    pub inventory: Inventory,
    pub tokens: PaymentTokens,
}
