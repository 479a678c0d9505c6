//! Telemetry: logs and metrics. Logs go to standard output, one line per entry; metrics are served at `/metrics`.
//!
//! Tokens, bodies and personal data must not be logged: log lines carry ids, codes and numbers.

mod json;
pub mod metrics; // every metric: name, unit, meaning
pub mod request; // the log line of each request
pub mod root_span; // the span of each request
mod trace_context; // W3C traceparent

use std::io::{IsTerminal, stdout};

use anyhow::Context;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, LogSettings};

/// Starts logging, once per process; a later call changes nothing. The level may also be a list of directives
/// (`info,sqlx=debug`).
///
/// # Errors
/// When the level is neither a level nor a list of directives.
pub fn init(settings: &LogSettings) -> anyhow::Result<()> {
    let level = &settings.level;
    // The info lines of actix repeat what the service logs itself.
    let filter: Targets = format!("actix_server=warn,actix_http=warn,{level}")
        .parse()
        .with_context(|| format!("{level:?} is not a log level"))?;
    let lines = layer().with_writer(stdout);
    let started = match settings.format {
        LogFormat::Json => {
            registry().with(lines.fmt_fields(json::JsonMembers).event_format(json::JsonLines)).with(filter).try_init()
        }
        LogFormat::Pretty => registry()
            .with(lines.compact().with_target(false).with_ansi(stdout().is_terminal()))
            .with(filter)
            .try_init(),
    };
    // Tests start several servers in one process; the first one's settings apply.
    drop(started);
    Ok(())
}
