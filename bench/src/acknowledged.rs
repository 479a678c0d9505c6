//! The file of acknowledged work, one JSON object per line. All of it must be in the database at the end of a run,
//! whatever happened to the servers.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One acknowledged effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "acknowledged", rename_all = "snake_case", deny_unknown_fields)]
pub enum Acknowledged {
    Hold { hold_id: Uuid, event_id: Uuid, qty: u32 },
    Booking { booking_id: Uuid, hold_id: Uuid },
    Release { hold_id: Uuid },
}

/// Writer of the file.
pub struct AcknowledgedWriter(BufWriter<File>);

impl AcknowledgedWriter {
    /// Creates the file, or truncates an existing one.
    ///
    /// # Errors
    ///
    /// When the file cannot be created.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(BufWriter::new(file)))
    }

    /// Appends a line.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn record(&mut self, acknowledged: Acknowledged) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.0, &acknowledged)?;
        self.0.write_all(b"\n").context("cannot write the file of acknowledged work")
    }

    /// Writes buffered lines to the file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.0.flush().context("cannot write the file of acknowledged work")
    }
}

/// Reads the whole file.
///
/// # Errors
///
/// When the file cannot be read or a line is not valid; the error names the line.
pub fn read(path: &Path) -> anyhow::Result<Vec<Acknowledged>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut all = Vec::new();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let place = || format!("{}:{}", path.display(), index + 1);
        all.push(serde_json::from_str(&line.with_context(place)?).with_context(place)?);
    }
    Ok(all)
}
