//! `report`: docs/benchmarks.md and its plots, from the results of a run and nothing else.

pub mod chart; // a line chart as SVG
mod conditions; // what the figures depend on
pub mod document; // sections between markers
mod figures; // how figures are written
mod grids; // tables of clients and engines
mod others; // the other tables
mod plots; // which plots there are
mod seats; // sales of a house, and its seat map
mod table; // a Markdown table
mod targets; // what was to be reached, beside what was

use std::path::{Path, PathBuf};

use anyhow::Context as _;
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

/// The section of a run. Plots are linked if there is a folder of them.
pub fn text(results: &Results, plots_folder: Option<&str>) -> String {
    let mut parts = vec![format!("## The {} suite", results.suite.name), conditions::conditions(results)];
    let targets = targets::table(results);
    if !targets.is_empty() {
        parts.push(format!("### Targets\n\n{targets}"));
    }
    for plot in plots::plots(results) {
        parts.extend(plots_folder.map(|folder| format!("![{}]({folder}/{})", plot.says, plot.file)));
    }
    parts.extend(results.grids.iter().map(grids::section));
    parts.extend(results.sweep.as_ref().map(others::sweep));
    parts.extend(results.overload.as_ref().map(others::overload));
    parts.extend(results.stampede.as_ref().map(others::stampede));
    parts.extend(results.seats.as_ref().map(seats::section));
    parts.extend(results.long.as_ref().map(others::long));
    if !results.grids.is_empty() {
        parts.push(format!("### How it was measured\n\n{}", conditions::method(results)));
    }
    parts.iter().map(|part| part.trim()).collect::<Vec<_>>().join("\n\n")
}

/// The section goes into the report, and the plots into a folder of its name beside it.
///
/// # Errors
///
/// When a file cannot be read or written.
pub fn write(path: &Path, results: &Results) -> anyhow::Result<()> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).context("the report needs a file name")?;
    let folder = path.with_extension("");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for plot in plots::plots(results) {
        let file = folder.join(plot.file);
        std::fs::write(&file, plot.svg).with_context(|| format!("cannot write {}", file.display()))?;
    }
    document::update(path, &results.suite.name, &text(results, Some(name)))
}
