//! The environment of a run: machine, versions, settings. Part of every result.

use std::num::NonZero;
use std::process::Command;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::database::DatabaseFacts;
use crate::processes;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Environment {
    /// RFC 3339, UTC.
    pub started_at: String,
    /// Commit of the working directory; `-dirty` if its files differ from the commit.
    pub commit: String,
    /// Output of `boxoffice --version` of the measured binary.
    pub server: String,
    pub cpu: String,
    pub cores: usize,
    /// Memory in bytes.
    pub memory: u64,
    pub kernel: String,
    pub database: DatabaseFacts,
}

impl Environment {
    /// # Errors
    ///
    /// None in practice: the present time can be formatted.
    pub fn read(server: String, database: DatabaseFacts) -> anyhow::Result<Self> {
        Ok(Self {
            started_at: OffsetDateTime::now_utc().format(&Rfc3339).context("cannot write the time")?,
            commit: commit(),
            server,
            cpu: cpu(),
            cores: std::thread::available_parallelism().map_or(1, NonZero::get),
            memory: processes::memory_bytes(),
            kernel: read_trimmed("/proc/sys/kernel/osrelease"),
            database,
        })
    }
}

/// The commit, or "unknown" outside of a checkout.
fn commit() -> String {
    let git = Command::new("git").args(["describe", "--always", "--dirty", "--exclude=*"]).output();
    git.ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |commit| commit.trim().to_owned())
}

fn cpu() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// The content of a file, or "unknown" if it does not exist.
fn read_trimmed(path: &str) -> String {
    std::fs::read_to_string(path).map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}
