//! What a database must offer before the service serves from it: a version that we know, settings without which
//! "acknowledged" would not mean "durable", our schema, and every CHECK and unique index that the schema promises.
//! Checked once, at start: a guard that is missing should stop a deployment, not be found out in a sale.

use sqlx::PgConnection;
use sqlx::migrate::MigrateError;

use super::enforced::{Fault, faults};
use super::migrate::{self, Schema};

/// `server_version_num` of PostgreSQL 15, the oldest that we test with.
const SERVER_VERSION_MIN: i32 = 150_000;

/// One promise that the database does not keep. Each says what would mend it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    #[error("PostgreSQL {0} is too old: version 15 or later is needed")]
    TooOld(String),
    #[error("the server is a read-only standby: DATABASE_URL must lead to the primary")]
    Standby,
    #[error("{setting} is {value}: a crash of the server could lose what was acknowledged; it must not be off")]
    NotDurable { setting: &'static str, value: String },
    #[error("the schema lacks {missing} migration(s): run `boxoffice migrate`")]
    SchemaBehind { missing: usize },
    #[error(
        "migration {0} was changed after it was applied: the schema is not the one that this version was built for"
    )]
    SchemaChanged(i64),
    #[error(
        "migration {0} was applied only in part: mend it by hand, delete its row in _sqlx_migrations, run `boxoffice migrate`"
    )]
    SchemaDirty(i64),
    #[error(transparent)]
    Constraint(#[from] Fault),
}

/// Returns every breach, so that an operator sees all there is to mend at once. An empty list: the service may start.
///
/// # Errors
///
/// When the database does not answer.
pub async fn breaches(connection: &mut PgConnection) -> Result<Vec<Breach>, MigrateError> {
    let mut found = server_breaches(connection).await?;
    match migrate::schema(connection).await? {
        Schema::Behind { missing } => found.push(Breach::SchemaBehind { missing }),
        Schema::Changed { version } => found.push(Breach::SchemaChanged(version)),
        Schema::Dirty { version } => found.push(Breach::SchemaDirty(version)),
        // Only a complete schema can be expected to have every constraint.
        Schema::Current => found.extend(faults(connection, true).await?.into_iter().map(Breach::Constraint)),
        // What a later release has made of a constraint, by a migration that we do not know, is for its servers to judge.
        Schema::Ahead => found.extend(faults(connection, false).await?.into_iter().map(Breach::Constraint)),
    }
    Ok(found)
}

async fn server_breaches(connection: &mut PgConnection) -> sqlx::Result<Vec<Breach>> {
    let server = sqlx::query!(
        r#"
        SELECT current_setting('server_version_num')::integer AS "version_num!",
            current_setting('server_version') AS "version!",
            pg_is_in_recovery() AS "standby!",
            current_setting('fsync') AS "fsync!",
            current_setting('full_page_writes') AS "full_page_writes!",
            current_setting('synchronous_commit') AS "synchronous_commit!"
        "#
    )
    .fetch_one(connection)
    .await?;

    let mut found = Vec::new();
    if server.version_num < SERVER_VERSION_MIN {
        found.push(Breach::TooOld(server.version));
    }
    if server.standby {
        found.push(Breach::Standby);
    }
    let durability = [
        ("fsync", server.fsync),
        ("full_page_writes", server.full_page_writes),
        ("synchronous_commit", server.synchronous_commit),
    ];
    found.extend(
        durability
            .into_iter()
            .filter(|(_, value)| value == "off")
            .map(|(setting, value)| Breach::NotDurable { setting, value }),
    );
    Ok(found)
}
