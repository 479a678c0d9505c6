//! The conditions of a run (machine, versions, settings) and the method of measurement, as text.

use super::figures::number;
use crate::engines::Engine;
use crate::results::Results;

pub fn conditions(results: &Results) -> String {
    let environment = &results.environment;
    let database = &environment.database;
    format!(
        "{}, {} cores, {} GiB, Linux {}, shared by server, PostgreSQL and load generator. {}, commit {}. PostgreSQL \
         {}, shared_buffers {}, max_wal_size {}, autovacuum {}. Durable, as read from the server before the run: fsync \
         {}, synchronous_commit {}, full_page_writes {} ({}). Servers have default settings except {}{}. The run began \
         at {} and took {} minutes.",
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
        settings_list(results, Engine::Lanes),
        extra_settings(results),
        environment.started_at.split('.').next().unwrap_or_default(),
        number(results.seconds / 60.0),
    )
}

pub fn method(results: &Results) -> String {
    let checkpoint =
        if results.checkpoints { "after a checkpoint" } else { "without a checkpoint before it (the role may not)" };
    format!(
        "Every scenario has a new database. All its engines run all the time, and short windows of load alternate \
         between them, so that other load on the machine affects all of them. Every window starts {checkpoint}, and a \
         scenario of one event uses a new event in each window. A figure is the median over the rounds, with the \
         range; latencies are over all rounds together. Closed loop: every client has one connection and sends its \
         next request when the last one is answered, and only answers inside the window count. Open loop (overload, \
         stampede): requests start at scheduled times, and latency counts from the scheduled start. `boxoffice audit` \
         passed after every scenario. Random choices come from fixed seeds. Processors are not pinned, because two \
         cores are too few to separate the processes, and the clock rate of a virtual machine cannot be fixed."
    )
}

fn settings_list(results: &Results, engine: Engine) -> String {
    let settings = results.settings.get(&engine).into_iter().flatten();
    settings.map(|(name, value)| format!("`{name}={value}`")).collect::<Vec<_>>().join(", ")
}

/// The settings that only the servers with one transaction per request have.
fn extra_settings(results: &Results) -> String {
    let lanes = results.settings.get(&Engine::Lanes);
    let settings = results.settings.get(&Engine::PerRequest).into_iter().flatten();
    let extra = settings.filter(|(name, _)| lanes.is_none_or(|lanes| !lanes.contains_key(*name)));
    let extra: Vec<_> = extra.map(|(name, value)| format!("`{name}={value}`")).collect();
    if extra.is_empty() {
        return String::new();
    }
    format!(", and with one transaction per request {}", extra.join(", "))
}
