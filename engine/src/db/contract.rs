//! Start-up check of the database: a supported version, settings that make commits durable, the version of the schema,
//! and the guards. A missing guard must stop a deployment, not be discovered during a sale.

use sqlx::PgConnection;
use sqlx::migrate::MigrateError;

use super::guards::{Fault, faults};
use super::migrate::{self, Schema};

/// `server_version_num` of PostgreSQL 15, the oldest version that is tested.
const SERVER_VERSION_MIN: i32 = 150_000;

/// A requirement that the database does not meet. The message says how to repair it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    #[error("PostgreSQL {0} is too old: use version 15 or later")]
    TooOld(String),
    #[error("the server is a read-only standby: set DATABASE_URL to the primary")]
    Standby,
    #[error("{setting} is {value}: a crash of the server could lose committed data; switch the setting on")]
    NotDurable { setting: &'static str, value: String },
    #[error("the schema lacks {missing} migration(s): run `boxoffice migrate`")]
    SchemaBehind { missing: usize },
    #[error("migration {0} was changed after it was applied: the schema is not the one that this version needs")]
    SchemaChanged(i64),
    #[error(
        "migration {0} was applied only in part: repair the schema by hand, delete its row in \
         _sqlx_migrations, run `boxoffice migrate`"
    )]
    SchemaDirty(i64),
    #[error(transparent)]
    Guard(#[from] Fault),
}

/// Returns every breach, so that an operator can repair all of them at once. The service may start if the list is
/// empty.
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
        // Guards are checked only on a complete schema.
        Schema::Current => found.extend(faults(connection, true).await?.into_iter().map(Breach::Guard)),
        // A migration of a later release may have changed a definition, so only existence is checked.
        Schema::Ahead => found.extend(faults(connection, false).await?.into_iter().map(Breach::Guard)),
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
