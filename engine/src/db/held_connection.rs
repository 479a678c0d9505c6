//! Held connection: a pool connection that a task keeps between uses.
//!
//! Returning a connection to the pool costs a round trip, which a continuously busy task can save.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};

/// See the module's documentation. Empty until first used.
#[derive(Default)]
pub struct HeldConnection(Option<PoolConnection<Postgres>>);

impl HeldConnection {
    /// The held connection, or a new one from the pool, which is then held.
    ///
    /// # Errors
    ///
    /// When the pool cannot provide a connection in time.
    pub async fn acquire(&mut self, pool: &PgPool) -> sqlx::Result<&mut PgConnection> {
        let connection = match self.0.take() {
            Some(connection) => connection,
            None => pool.acquire().await?,
        };
        Ok(self.0.insert(connection))
    }

    /// Closes the held connection, and so ends its open transaction. This frees its pool permit at once; returning the
    /// connection to the pool would first ping a server that may be gone.
    pub fn close(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}
