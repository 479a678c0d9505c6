//! Telemetry: what the service says about itself. Logs go to standard output, one line each; metrics to `/metrics`.
//!
//! Tokens, bodies and personal data never get here: lines carry ids, codes and numbers.

mod json;
pub mod metrics; // every metric: name, unit, meaning
pub mod request; // the one line per request
mod trace_context; // W3C traceparent

use std::io::{IsTerminal, stdout};

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::SubscriberBuilder;

use crate::config::{LogFormat, LogSettings};

/// Starts logging, once per process; a later call changes nothing. The level may also be a list
/// of directives (`info,sqlx=debug`).
///
/// # Errors
/// When the level is neither.
pub fn init(settings: &LogSettings) -> anyhow::Result<()> {
    let level = &settings.level;
    // actix tells at info what the service's own lines tell better.
    let filter = EnvFilter::try_new(format!("actix_server=warn,actix_http=warn,{level}"))
        .with_context(|| format!("{level:?} is not a log level"))?;
    let builder = SubscriberBuilder::default().with_env_filter(filter).with_writer(stdout);
    let started = match settings.format {
        LogFormat::Json => builder.fmt_fields(json::JsonMembers).event_format(json::JsonLines).try_init(),
        LogFormat::Pretty => builder.compact().with_target(false).with_ansi(stdout().is_terminal()).try_init(),
    };
    // Tests start several servers in one process; the first has the say.
    drop(started);
    Ok(())
}
