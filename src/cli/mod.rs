//! The commands. Each parses its flags, calls the library and prints the result; business rules are in the library.
//! Every setting is also an environment variable, which may be set in a `.env` file.

mod audit; // checks the invariants of the data
#[cfg(feature = "embedded")]
mod dev; // a complete service with an embedded PostgreSQL, to try it out
mod health; // asks the server on this machine whether it is ready, for containers
mod migrate; // applies the missing migrations
mod openapi; // prints the OpenAPI document
mod serve; // the server in production
mod session; // shared by several commands: maintenance connection, start-up check, signals
#[cfg(feature = "embedded")]
mod with_postgres; // runs a command with a temporary PostgreSQL

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
    /// Start a server with an embedded PostgreSQL and demo events, to try it out
    #[cfg(feature = "embedded")]
    Dev(Box<dev::DevArgs>),
    /// Start a server on an existing, migrated database
    Serve(Box<serve::ServeArgs>),
    /// Apply the migrations that are missing in the database
    Migrate(boxoffice::config::DatabaseUrl),
    /// Check every invariant of the data; exit code 1 on a breach, 2 if they could not be checked
    Audit(boxoffice::config::DatabaseUrl),
    /// Print the OpenAPI document
    Openapi,
    /// Ask the server on this machine whether it is ready; exit code 1 if not
    Health(health::HealthArgs),
    /// Run a command with DATABASE_URL set to a temporary PostgreSQL
    #[cfg(feature = "embedded")]
    WithPostgres(with_postgres::WithPostgresArgs),
    /// Run an embedded PostgreSQL; started by `dev` and `with-postgres`
    #[cfg(feature = "embedded")]
    #[command(hide = true, name = embedded_postgres::HELPER_COMMAND)]
    EmbeddedPostgres(embedded_postgres::helper::HelperArgs),
}

/// Reads `.env` and the command line and runs the command. A failure is one line on standard error and exit code 1,
/// unless the command defines another code.
pub fn run() -> ExitCode {
    // First, because it changes the environment, which is safe only while the process has one thread.
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => return fail(&anyhow::Error::from(error).context(".env")),
        _ => {}
    }
    let outcome = match Cli::parse().command {
        #[cfg(feature = "embedded")]
        Command::EmbeddedPostgres(arguments) => return embedded_postgres::helper::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Openapi => openapi::run(),
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
            Command::Audit(arguments) => audit::run(&arguments).await,
            #[cfg(feature = "embedded")]
            Command::WithPostgres(arguments) => with_postgres::run(&arguments).await,
            _ => unreachable!("`run` executes the commands that need no runtime"),
        }
    })
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("boxoffice: {error:#}");
    ExitCode::FAILURE
}
