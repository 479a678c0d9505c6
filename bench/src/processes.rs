//! Processor time and memory of processes, from /proc. On other systems than Linux they are not known, and the report
//! leaves them out.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::time::{TimeVal, TimeValLike as _};

/// The unit of processor time in /proc: hundredths of a second, independent of the kernel's clock rate.
const TICK: Duration = Duration::from_millis(10);

/// Positions in /proc/PID/stat, counted from the state, which follows the name (proc(5) counts the state as 3).
const PARENT: usize = 1;
const OWN_TIMES: [usize; 2] = [11, 12];
const CHILDREN_TIMES: [usize; 2] = [13, 14];

const KIB: u64 = 1024;

/// Raises the limit of open files to its maximum: every client is a file descriptor here, and one in the server, which
/// inherits the limit.
///
/// # Errors
///
/// When the system refuses.
pub fn raise_open_files_limit() -> anyhow::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).context("cannot read the limit of open files")?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("cannot raise the limit of open files")
}

/// Processor time of this process, all threads.
pub fn own_cpu_time() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Duration::ZERO };
    let micros = |time: TimeVal| u64::try_from(time.num_microseconds()).unwrap_or_default();
    Duration::from_micros(micros(usage.user_time()) + micros(usage.system_time()))
}

/// Processor time of a process, all threads. `None` if there is no such process, or no /proc.
pub fn cpu_time(pid: u32) -> Option<Duration> {
    Some(times(&stat(pid)?, &OWN_TIMES))
}

/// Processor time of a process and all its children, including ended ones.
pub fn tree_cpu_time(parent: u32) -> Option<Duration> {
    let own = stat(parent)?;
    let mut total = times(&own, &OWN_TIMES) + times(&own, &CHILDREN_TIMES);
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some(child) = pid.and_then(stat)
            && child.get(PARENT).is_some_and(|of_child| *of_child == parent.to_string())
        {
            total += times(&child, &OWN_TIMES) + times(&child, &CHILDREN_TIMES);
        }
    }
    Some(total)
}

/// The parent of a PostgreSQL backend on this machine. The name is checked, because the backend may be on another
/// machine.
pub fn postmaster(backend: u32) -> Option<u32> {
    let name = fs::read_to_string(format!("/proc/{backend}/comm")).ok()?;
    let parent = stat(backend)?.get(PARENT)?.parse().ok()?;
    name.starts_with("postgres").then_some(parent)
}

/// Resident memory of a process, in bytes.
pub fn resident_bytes(pid: u32) -> Option<u64> {
    kibibytes(&format!("/proc/{pid}/status"), "VmRSS:")
}

/// Memory of the machine, in bytes. 0 if unknown.
pub fn memory_bytes() -> u64 {
    kibibytes("/proc/meminfo", "MemTotal:").unwrap_or_default()
}

fn kibibytes(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * KIB)
}

/// The fields of /proc/PID/stat after the name. The name is in parentheses and may contain any character.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

fn times(stat: &[String], which: &[usize]) -> Duration {
    let ticks = which.iter().filter_map(|&field| stat.get(field)?.parse::<u32>().ok());
    ticks.map(|ticks| TICK * ticks).sum()
}
