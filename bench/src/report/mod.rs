//! `report`: writes docs/benchmarks.md and its plots. The results of a run are the only input.

pub mod chart; // a line chart as SVG
mod conditions; // machine, versions, settings and method
pub mod document; // sections between markers
mod figures; // formats of figures
mod grids; // sections of the grid scenarios
mod others; // sections of the other scenarios
mod plots; // the plots of a run
mod seats; // section of the scenario `seats`
mod table; // a Markdown table
mod targets; // targets and measured figures

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::results::Results;

#[derive(Args, Debug)]
pub struct Report {
    /// The results file that `run` wrote
    #[arg(long)]
    json: PathBuf,
    /// The Markdown report whose section is written, with plots in a folder beside it
    #[arg(long)]
    report: PathBuf,
}

impl Report {
    /// Writes the section of the results into the report.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or written.
    pub fn run(self) -> anyhow::Result<()> {
        write(&self.report, &Results::read(&self.json)?)
    }
}

/// The Markdown section of a run. Plots are linked if a folder of plots is given.
pub fn text(results: &Results, plots_folder: Option<&str>) -> String {
    let mut parts = vec![format!("## The {} suite", results.suite.name), conditions::conditions(results)];
    let targets = targets::table(results);
    if !targets.is_empty() {
        parts.push(format!("### Targets\n\n{targets}"));
    }
    for plot in plots::plots(results) {
        parts.extend(plots_folder.map(|folder| format!("![{}]({folder}/{})", plot.alt_text, plot.file)));
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

/// Writes the section into the report, and the plots into a folder of the same name beside it.
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
