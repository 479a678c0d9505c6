//! `cargo xtask`: writes the generated files, or checks that they are up to date.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use boxoffice_xtask::{ALL, CATALOGUE, ERRORS, GeneratedFile, OPENAPI, POSTMAN};
use clap::{Parser, ValueEnum};

/// Writes the generated files of the repository.
#[derive(Parser)]
struct Cli {
    /// What to write
    #[arg(value_enum)]
    command: Command,
    /// Write nothing; fail if a file is not up to date
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Command {
    /// docs/openapi.json
    Openapi,
    /// docs/postman_collection.json
    Postman,
    /// sqlx-data.json, from .sqlx/
    Catalogue,
    /// docs/errors.md
    Errors,
    /// Every generated file
    All,
}

impl Command {
    fn files(self) -> &'static [GeneratedFile] {
        match self {
            Self::Openapi => &[OPENAPI],
            Self::Postman => &[POSTMAN],
            Self::Catalogue => &[CATALOGUE],
            Self::Errors => &[ERRORS],
            Self::All => &ALL,
        }
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Cli) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask/ is in the repository")?;
    let files = arguments.command.files();
    if !arguments.check {
        return files.iter().try_for_each(|file| file.write(root));
    }
    let failures: Vec<String> =
        files.iter().filter_map(|file| file.check(root).err()).map(|error| format!("{error:#}")).collect();
    // All in one message, so that a run names every stale file.
    ensure!(failures.is_empty(), "{}", failures.join("; "));
    Ok(())
}
