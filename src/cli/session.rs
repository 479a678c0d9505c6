//! Shared by several commands: the maintenance connection, the start-up check of the database, and signals.

use std::time::Duration;

use anyhow::{Context as _, bail};
use boxoffice::app::Readiness;
use boxoffice_engine::db::{connect, contract};
use boxoffice_engine::settings::DatabaseSettings;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::signal::unix::{SignalKind, signal};

/// Time limit for connecting to the database.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

const LOCK_TIMEOUT: &str = "10s";

/// A pool of one connection for maintenance, without the statement timeout of requests.
///
/// # Errors
/// When the URL is invalid or the database cannot be reached.
pub async fn maintenance_pool(url: &SecretString) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = url.expose_secret().parse().context("DATABASE_URL")?;
    // While a migration waits for a table lock, all later statements on that table wait behind it. So it fails instead,
    // and can be run again.
    let options = options.application_name("boxoffice maintenance").options([("lock_timeout", LOCK_TIMEOUT)]);
    // First without the pool, because a pool reports every failure as a timeout.
    open_connection(&options).await?.close().await?;
    Ok(PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT_TIMEOUT).connect_lazy_with(options))
}

/// Checks that the database meets the start-up contract.
///
/// # Errors
/// Lists each violation of the contract. Also when the database cannot be reached.
pub async fn require_contract(settings: &DatabaseSettings) -> anyhow::Result<()> {
    let options = connect::connect_options(settings, "boxoffice start").context("DATABASE_URL")?;
    let mut connection = open_connection(&options).await?;
    let breaches = contract::breaches(&mut connection).await?;
    connection.close().await?;
    match breaches.as_slice() {
        [] => Ok(()),
        [breach] => bail!("cannot serve from this database: {breach}"),
        breaches => {
            let lines: String = breaches.iter().map(|breach| format!("\n  - {breach}")).collect();
            bail!("cannot serve from this database:{lines}")
        }
    }
}

async fn open_connection(options: &PgConnectOptions) -> anyhow::Result<sqlx::PgConnection> {
    let address = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    tokio::time::timeout(CONNECT_TIMEOUT, options.connect())
        .await
        .with_context(|| format!("the database at {address} does not answer"))?
        .with_context(|| format!("cannot reach the database at {address}"))
}

/// Resolves on the first Ctrl-C or SIGTERM. Of later ones, the first ends the drain window, and one after the end of
/// the drain window ends the process at once.
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
            if !readiness.end_drain_window() {
                std::process::exit(130); // as a shell reports an interrupted command
            }
        }
    });
    Ok(())
}
