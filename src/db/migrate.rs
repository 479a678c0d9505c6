//! The files of migrations/, compiled in. `sqlx migrate run` applies the same files with the same checksums, so the two
//! can be mixed freely.

use sqlx::PgConnection;
use sqlx::migrate::{AppliedMigration, Migrate as _, MigrateError, Migrator};

static MIGRATOR: Migrator = sqlx::migrate!();

/// SQLSTATE `undefined_table`: nothing was ever migrated.
const UNDEFINED_TABLE: &str = "42P01";

/// How the database's schema compares with migrations/.
#[derive(Debug, PartialEq, Eq)]
pub enum Schema {
    Current,
    /// Everything of ours, and migrations that only a later release knows.
    Ahead,
    /// Migrations of ours that were not applied yet.
    Behind {
        missing: usize,
    },
    /// Someone edited a migration after it was applied here.
    Changed {
        version: i64,
    },
    /// A migration failed half way; only migrations without a transaction can.
    Dirty {
        version: i64,
    },
}

/// Applies what is missing and returns how many migrations that were. Two processes that migrate at once take turns.
///
/// # Errors
///
/// When a migration fails, or when one that was applied has changed since.
pub async fn run(connection: &mut PgConnection) -> Result<usize, MigrateError> {
    let missing = match schema(connection).await? {
        Schema::Behind { missing } => missing,
        Schema::Current | Schema::Ahead | Schema::Changed { .. } | Schema::Dirty { .. } => 0,
    };
    MIGRATOR.run_direct(None, connection, false).await?;
    Ok(missing)
}

/// Compares without changing anything. Migrations that only the database knows are no fault: they are additive, and
/// while a new release rolls out, instances of the old one must still be able to start.
///
/// # Errors
///
/// When the database does not answer.
pub async fn schema(connection: &mut PgConnection) -> Result<Schema, MigrateError> {
    let applied = match connection.list_applied_migrations(&MIGRATOR.table_name).await {
        Ok(applied) => applied,
        Err(error) if is_undefined_table(&error) => Vec::new(),
        Err(error) => return Err(error),
    };
    if !applied.is_empty()
        && let Some(version) = connection.dirty_version(&MIGRATOR.table_name).await?
    {
        return Ok(Schema::Dirty { version });
    }
    Ok(compare(&applied))
}

fn compare(applied: &[AppliedMigration]) -> Schema {
    let mut missing = 0;
    for ours in MIGRATOR.iter() {
        match applied.iter().find(|theirs| theirs.version == ours.version) {
            Some(theirs) if theirs.checksum == ours.checksum => {}
            Some(theirs) => {
                return Schema::Changed { version: theirs.version };
            }
            None => missing += 1,
        }
    }
    let ours = |theirs: &AppliedMigration| MIGRATOR.iter().any(|ours| ours.version == theirs.version);
    match missing {
        0 if applied.iter().all(ours) => Schema::Current,
        0 => Schema::Ahead,
        missing => Schema::Behind { missing },
    }
}

fn is_undefined_table(error: &MigrateError) -> bool {
    let (MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)) = error else {
        return false;
    };
    source.as_database_error().is_some_and(|source| source.code().as_deref() == Some(UNDEFINED_TABLE))
}
