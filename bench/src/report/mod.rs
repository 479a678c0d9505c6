//! `report`: docs/benchmarks.md and its plots, from the results of a run and nothing else.

pub mod document; // sections between markers

use std::path::{Path, PathBuf};

use clap::Args;

use crate::results::Results;

#[derive(Args, Debug)]
pub struct Report {
    /// What `run` wrote
    #[arg(long)]
    json: PathBuf,
    /// The Markdown report whose section is written, with plots in a folder beside it
    #[arg(long)]
    report: PathBuf,
}

impl Report {
    /// # Errors
    ///
    /// When a file cannot be read or written.
    pub fn run(self) -> anyhow::Result<()> {
        write(&self.report, &Results::read(&self.json)?)
    }
}

pub fn text(results: &Results) -> String {
    results.suite.name.clone()
}

/// # Errors
///
/// When a file cannot be read or written.
pub fn write(path: &Path, results: &Results) -> anyhow::Result<()> {
    document::update(path, &results.suite.name, &text(results))
}
