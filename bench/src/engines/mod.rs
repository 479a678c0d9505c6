//! What is measured side by side: the service in its two modes, what PostgreSQL can do at most, what HTTP can do at most.

pub mod ceiling; // an echo of the same JSON, without a database
pub mod child; // subcommands of this binary as child processes
pub mod delay; // half a millisecond between service and database
pub mod floor; // one statement per seat, without a service
pub mod server; // the server binary as child processes

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The service as it is.
    Lanes,
    /// The service with one transaction per command.
    PerRequest,
    /// A function of one statement that takes a seat, called like pgbench would.
    Floor,
    /// An HTTP server that answers with the same JSON and does nothing else.
    Ceiling,
}

impl Engine {
    /// As in suite files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::PerRequest => "per-request",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
        }
    }

    /// As in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::PerRequest => "one transaction per request",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
        }
    }
}
