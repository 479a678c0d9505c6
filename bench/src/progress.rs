//! Progress of a run on standard error: one changing line on a terminal, otherwise plain lines. Standard output is for
//! the results.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Instant;

pub struct Progress {
    started: Instant,
    is_terminal: bool,
    scenario: String,
}

impl Progress {
    pub fn new() -> Self {
        Self { started: Instant::now(), is_terminal: io::stderr().is_terminal(), scenario: String::new() }
    }

    pub fn scenario(&mut self, name: &str) {
        name.clone_into(&mut self.scenario);
        self.step("starting");
    }

    /// Shows the present step; on a terminal the next line replaces it.
    pub fn step(&self, what: &str) {
        if self.is_terminal {
            eprint!("\r\x1b[K{}", self.line(what));
            // A failed write only loses a progress line.
            let _ = io::stderr().flush();
        } else {
            eprintln!("{}", self.line(what));
        }
    }

    /// Prints a result that stays on the terminal.
    pub fn done(&self, what: &str) {
        let clear = if self.is_terminal { "\r\x1b[K" } else { "" };
        eprintln!("{clear}{}", self.line(what));
    }

    fn line(&self, what: &str) -> String {
        let seconds = self.started.elapsed().as_secs();
        format!("{:>2}:{:02}  {:<12}  {what}", seconds / 60, seconds % 60, self.scenario)
    }
}

/// Clears the line, so that the next output, for example an error, starts on an empty line.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_terminal {
            eprint!("\r\x1b[K");
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}
