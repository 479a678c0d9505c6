//! The commands. Each parses its flags, calls the library, and says what happened; no rule of the business lives here.
//! Every flag is also an environment variable, which may stand in a `.env` file.

mod audit; // are the invariants of the data true?
mod catalogue; // bundles the compile-time checked statements into one file (development)
#[cfg(feature = "embedded")]
mod dev; // everything in one process, for trying things out
mod health; // is the server on this machine ready? For containers
mod migrate; // brings the schema up to date
mod openapi; // prints the API's description
mod postman; // converts that description into a Postman collection
mod serve; // production
mod session; // what several commands need: the database, signals
#[cfg(feature = "embedded")]
mod with_postgres; // runs a command beside a throw-away PostgreSQL

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A booking engine that cannot oversell.
#[derive(Parser)]
#[command(version, about, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a server with a PostgreSQL and a demo event of its own, to try things out
    #[cfg(feature = "embedded")]
    Dev(Box<dev::DevArgs>),
    /// Start a server on an existing, migrated database
    Serve(Box<serve::ServeArgs>),
    /// Bring the database's schema up to date
    Migrate(boxoffice::config::DatabaseUrl),
    /// Check every invariant of the data; exit code 1 on a breach, 2 without a verdict
    InvariantReport(boxoffice::config::DatabaseUrl),
    /// Print the API's description
    Openapi(openapi::OpenapiArgs),
    /// Ask the server on this machine whether it is ready; exit code 1 if not
    Health(health::HealthArgs),
    /// Run a command with DATABASE_URL set to a throw-away PostgreSQL
    #[cfg(feature = "embedded")]
    WithPostgres(with_postgres::WithPostgresArgs),
    /// Bundle .sqlx/ into sqlx-data.json
    #[command(hide = true)]
    Catalogue(catalogue::CatalogueArgs),
    /// Own an embedded PostgreSQL; started by `dev` and `with-postgres`
    #[cfg(feature = "embedded")]
    #[command(hide = true, name = boxoffice::db::embedded::HELPER_COMMAND)]
    EmbeddedPostgres(boxoffice::db::embedded::helper::HelperArgs),
}

/// Reads `.env` and the command line and runs the command. Failures are one line on standard error and exit code 1.
pub fn run() -> ExitCode {
    // Before anything else: it writes to the environment, which only a process with one thread may do.
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => return fail(&anyhow::Error::from(error).context(".env")),
        _ => {}
    }
    let outcome = match Cli::parse().command {
        #[cfg(feature = "embedded")]
        Command::EmbeddedPostgres(arguments) => return boxoffice::db::embedded::helper::run(&arguments),
        Command::Catalogue(arguments) => catalogue::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Openapi(arguments) => openapi::run(&arguments),
        command => run_async(command),
    };
    outcome.unwrap_or_else(|error| fail(&error))
}

fn run_async(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            #[cfg(feature = "embedded")]
            Command::Dev(arguments) => dev::run(*arguments).await,
            Command::Serve(arguments) => serve::run(*arguments).await,
            Command::Migrate(arguments) => migrate::run(&arguments).await,
            Command::InvariantReport(arguments) => audit::run(&arguments).await,
            #[cfg(feature = "embedded")]
            Command::WithPostgres(arguments) => with_postgres::run(&arguments).await,
            _ => unreachable!("`run` has dealt with the commands that need no runtime"),
        }
    })
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("boxoffice: {error:#}");
    ExitCode::FAILURE
}
