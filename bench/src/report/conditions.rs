//! What the figures depend on, and how they came about.

use super::figures::number;
use crate::engines::Engine;
use crate::results::Results;

pub fn conditions(results: &Results) -> String {
    let environment = &results.environment;
    let database = &environment.database;
    format!(
        "{}, {} cores, {} GiB, Linux {}; server, PostgreSQL and load share it. {}, commit {}. PostgreSQL {}, \
         shared_buffers {}, max_wal_size {}, autovacuum {}. Durable, as read from the server before the run: fsync {}, \
         synchronous_commit {}, full_page_writes {} ({}). Servers have default settings but {}{}. The run began at {} and \
         took {} minutes.",
        environment.cpu,
        environment.cores,
        number(environment.memory as f64 / f64::from(1 << 30)),
        environment.kernel,
        environment.server,
        environment.commit,
        database.version,
        database.shared_buffers,
        database.max_wal_size,
        database.autovacuum,
        database.fsync,
        database.synchronous_commit,
        database.full_page_writes,
        database.wal_sync_method,
        told(results, Engine::Lanes),
        also_told(results),
        environment.started_at.split('.').next().unwrap_or_default(),
        number(results.seconds / 60.0),
    )
}

pub fn method(results: &Results) -> String {
    let checkpoint =
        if results.checkpoints { "after a checkpoint" } else { "without a checkpoint before it (the role may not)" };
    format!(
        "Every scenario has a new database, all its engines running, and short windows of load that alternate between \
         them, so that whatever disturbs the machine disturbs all. Every window starts {checkpoint}, and, where it is about \
         one event, with a new one. A figure is the median over the rounds, with the range; latencies are over all rounds \
         together. Closed loop: every client has one connection and sends its next request when the last is answered, \
         and only answers inside the window count. Open loop (overload, stampede): requests have times of their own, and \
         latency counts from the intended start. `boxoffice audit` passed after every scenario. Random choices come from \
         fixed seeds; processors are not pinned, because two cores leave nothing to keep apart, and a virtual machine's clock cannot be."
    )
}

fn told(results: &Results, engine: Engine) -> String {
    let settings = results.settings.get(&engine).into_iter().flatten();
    settings.map(|(name, value)| format!("`{name}={value}`")).collect::<Vec<_>>().join(", ")
}

/// What those with one transaction per request are told that the others are not.
fn also_told(results: &Results) -> String {
    let lanes = results.settings.get(&Engine::Lanes);
    let more = results.settings.get(&Engine::PerRequest).into_iter().flatten();
    let more = more.filter(|(name, _)| lanes.is_none_or(|lanes| !lanes.contains_key(*name)));
    let more: Vec<_> = more.map(|(name, value)| format!("`{name}={value}`")).collect();
    if more.is_empty() {
        return String::new();
    }
    format!(", and with one transaction per request {}", more.join(", "))
}
