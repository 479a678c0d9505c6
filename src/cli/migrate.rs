//! `boxoffice migrate`: applies the migrations that are missing.

use std::process::ExitCode;

use boxoffice::config::DatabaseUrl;
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
    Ok(ExitCode::SUCCESS)
}

/// Applies the missing migrations and returns their number.
pub async fn apply(pool: &PgPool) -> anyhow::Result<usize> {
    let mut connection = pool.acquire().await?;
    Ok(migrate::run(&mut connection).await?)
}
