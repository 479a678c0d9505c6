//! Migrations, compiled in from migrations/. `sqlx migrate run` applies the same files with the same checksums, so both
//! can be used on one database.

use sqlx::PgConnection;
use sqlx::migrate::{AppliedMigration, Migrate as _, MigrateError, Migrator};

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// SQLSTATE `undefined_table`: the database was never migrated.
const UNDEFINED_TABLE: &str = "42P01";

/// State of a database's schema, compared with migrations/.
#[derive(Debug, PartialEq, Eq)]
pub enum Schema {
    /// Exactly the migrations of this version were applied.
    Current,
    /// All migrations of this version were applied, and some of a later one.
    Ahead,
    /// Some migrations of this version were not applied yet.
    Behind {
        /// Number of migrations.
        missing: usize,
    },
    /// A migration has another content than when it was applied.
    Changed { version: i64 },
    /// A migration failed half way, which is possible only without a transaction.
    Dirty { version: i64 },
}

/// Applies the missing migrations and returns their number. Two processes that migrate at the same time wait for each
/// other; the second then returns the number that was missing before it waited.
///
/// # Errors
///
/// When a migration fails, or an applied one has changed since or is dirty.
pub async fn run(connection: &mut PgConnection) -> Result<usize, MigrateError> {
    let missing = match schema(connection).await? {
        Schema::Behind { missing } => missing,
        Schema::Current | Schema::Ahead | Schema::Changed { .. } | Schema::Dirty { .. } => 0,
    };
    MIGRATOR.run_direct(None, connection, false).await?;
    Ok(missing)
}

/// Compares the database with migrations/, without changing anything. Unknown applied migrations are no error: they are
/// additive, and during a rollout instances of the old version must still be able to start.
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
    for known in MIGRATOR.iter() {
        match applied.iter().find(|row| row.version == known.version) {
            Some(found) if found.checksum == known.checksum => {}
            Some(found) => {
                return Schema::Changed { version: found.version };
            }
            None => missing += 1,
        }
    }
    let is_known = |applied: &AppliedMigration| MIGRATOR.iter().any(|known| known.version == applied.version);
    match missing {
        0 if applied.iter().all(is_known) => Schema::Current,
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
