//! `boxoffice migrate`: applies the migrations that are missing.

use std::process::ExitCode;

use boxoffice::config::DatabaseUrl;
use boxoffice::events::sql::currencies::currencies;
use boxoffice_engine::db::migrate;
use sqlx::PgPool;

use super::session;

pub async fn run(arguments: &DatabaseUrl) -> anyhow::Result<ExitCode> {
    let pool = session::maintenance_pool(&arguments.database_url).await?;
    match apply(&pool).await? {
        0 => println!("The schema is current."),
        1 => println!("1 migration was applied; the schema is current."),
        applied => println!("{applied} migrations were applied; the schema is current."),
    }
    // The migration has succeeded, so a report that fails must not fail the deployment.
    if let Err(error) = report_unknown_currencies(&pool).await {
        eprintln!("The currencies of the events could not be checked: {error:#}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a line for each currency of events that ISO 4217 does not have. Such events are from before codes were checked,
/// and are sold as they are.
async fn report_unknown_currencies(pool: &PgPool) -> anyhow::Result<()> {
    for used in currencies(pool).await?.iter().filter(|used| !used.currency.is_known()) {
        let (currency, digits) = (used.currency, used.currency.exponent());
        let events = if used.events == 1 { "1 event has".to_owned() } else { format!("{} events have", used.events) };
        println!("{events} the unknown currency {currency}; its prices count as having {digits} decimal digits.");
    }
    Ok(())
}

/// Applies the missing migrations and returns their number.
pub async fn apply(pool: &PgPool) -> anyhow::Result<usize> {
    let mut connection = pool.acquire().await?;
    Ok(migrate::run(&mut connection).await?)
}
