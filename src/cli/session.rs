//! What several commands need: a connection for maintenance, the check of the database, and the wait for a signal.

use std::time::Duration;

use anyhow::{Context as _, bail};
use boxoffice::app::Readiness;
use boxoffice::config::DatabaseSettings;
use boxoffice::db::{connect, contract};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::signal::unix::{SignalKind, signal};

/// How long a maintenance command waits for the database to take its connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

const LOCK_TIMEOUT: &str = "10s";

/// A pool of one connection without the limits of a request: maintenance may take its time.
pub async fn maintenance_pool(url: &SecretString) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = url.expose_secret().parse().context("DATABASE_URL")?;
    // A migration that waits for a table keeps everyone behind it waiting: better it fails and is tried again.
    let options = options.application_name("boxoffice maintenance").options([("lock_timeout", LOCK_TIMEOUT)]);
    // First without the pool, which would report every failure as a timeout.
    reach(&options).await?.close().await?;
    Ok(PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT_TIMEOUT).connect_lazy_with(options))
}

/// Fails unless the database keeps every promise that the service builds on, naming each one that it breaks.
pub async fn require_contract(settings: &DatabaseSettings) -> anyhow::Result<()> {
    let options = connect::connect_options(settings, "boxoffice start").context("DATABASE_URL")?;
    let mut connection = reach(&options).await?;
    let breaches = contract::breaches(&mut connection).await?;
    connection.close().await?;
    match breaches.as_slice() {
        [] => Ok(()),
        [only] => bail!("cannot serve from this database: {only}"),
        several => {
            let lines: String = several.iter().map(|breach| format!("\n  - {breach}")).collect();
            bail!("cannot serve from this database:{lines}")
        }
    }
}

async fn reach(options: &PgConnectOptions) -> anyhow::Result<sqlx::PgConnection> {
    let at = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    tokio::time::timeout(CONNECT_TIMEOUT, options.connect())
        .await
        .with_context(|| format!("the database at {at} does not answer"))?
        .with_context(|| format!("cannot reach the database at {at}"))
}

/// Resolves on Ctrl-C or SIGTERM. Who asks a second time does not want to wait for the drain window; who asks once that is
/// over does not want to wait at all, and is obeyed at once.
pub async fn shutdown_requested(readiness: &Readiness) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut requested = async move || {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    requested().await;
    let readiness = readiness.clone();
    tokio::spawn(async move {
        loop {
            requested().await;
            if !readiness.cut_short() {
                std::process::exit(130); // as a shell reports an interrupted command
            }
        }
    });
    Ok(())
}
