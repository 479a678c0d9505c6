//! A connection that its task keeps from one piece of work to the next.
//!
//! Taking one from the pool and giving it back costs a round trip, which whoever works without a pause can save.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};

/// The kept connection, if there is one.
#[derive(Default)]
pub struct HeldConnection(Option<PoolConnection<Postgres>>);

impl HeldConnection {
    /// The kept connection, or one from the pool.
    ///
    /// # Errors
    ///
    /// When the pool has none in time.
    pub async fn connection(&mut self, pool: &PgPool) -> sqlx::Result<&mut PgConnection> {
        let connection = match self.0.take() {
            Some(connection) => connection,
            None => pool.acquire().await?,
        };
        Ok(self.0.insert(connection))
    }

    /// Closes the connection, and with it whatever transaction was open. It makes room in the pool at once: the pool's own
    /// way would first ask a server that may be gone whether it is there.
    pub fn give_up(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}
