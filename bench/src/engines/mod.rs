//! The engines that are compared: the service in its two modes, PostgreSQL alone (floor) and HTTP alone (ceiling).

pub mod ceiling; // an HTTP server with the same JSON, without a database
pub mod child; // subcommands of this binary as child processes
pub mod delay; // half a millisecond between service and database
pub mod floor; // one SQL statement per place, without a service
pub mod server; // the server binary as child processes

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The service with its default mode.
    Lanes,
    /// The service with one transaction per command.
    PerRequest,
    /// An SQL function of one statement that takes a place, called as by pgbench.
    Floor,
    /// An HTTP server that answers with the same JSON and does nothing else.
    Ceiling,
}

impl Engine {
    /// The name in suite files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::PerRequest => "per-request",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
        }
    }

    /// The name in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::PerRequest => "one transaction per request",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
        }
    }
}
