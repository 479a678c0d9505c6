//! The helper process: becomes an unprivileged user if need be, starts the server, says its URL on standard output, and
//! stops it when standard input ends or on SIGTERM. See the parent module for why it exists.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use nix::unistd::{Gid, Uid};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::place::Place;
use super::{DATABASE, cluster};

/// What the one line on standard output starts with.
pub const READY: &str = "ready ";
pub const FAILED: &str = "failed ";

#[derive(clap::Args, Debug)]
pub struct HelperArgs {
    #[arg(long)]
    pub(super) data: PathBuf,
    #[arg(long)]
    pub(super) sockets: PathBuf,
    /// The folder of PostgreSQL's programs
    #[arg(long)]
    pub(super) binaries: Option<PathBuf>,
    /// Where they are downloaded to when there are none
    #[arg(long, required_unless_present = "binaries")]
    pub(super) downloads: Option<PathBuf>,
    #[arg(long, requires = "group_id")]
    user_id: Option<u32>,
    #[arg(long)]
    group_id: Option<u32>,
    #[arg(long)]
    pub(super) fresh: bool,
}

impl HelperArgs {
    pub fn new(place: &Place, binaries: Option<PathBuf>, fresh: bool) -> anyhow::Result<Self> {
        let downloads = if binaries.is_none() { Some(place.downloads()?) } else { None };
        Ok(Self {
            data: place.data.clone(),
            sockets: place.sockets.clone(),
            binaries,
            downloads,
            user_id: place.account.map(|account| account.user_id),
            group_id: place.account.map(|account| account.group_id),
            fresh,
        })
    }

    /// The command line that parses to this.
    pub fn to_args(&self) -> Vec<std::ffi::OsString> {
        let mut arguments =
            vec!["--data".into(), self.data.clone().into(), "--sockets".into(), self.sockets.clone().into()];
        for (flag, path) in [("--binaries", &self.binaries), ("--downloads", &self.downloads)] {
            arguments.extend(path.iter().flat_map(|path| [flag.into(), path.clone().into()]));
        }
        for (flag, id) in [("--user-id", self.user_id), ("--group-id", self.group_id)] {
            arguments.extend(id.iter().flat_map(|id| [flag.into(), id.to_string().into()]));
        }
        if self.fresh {
            arguments.push("--fresh".into());
        }
        arguments
    }
}

/// Must be called while the process has one thread: it changes who the process is.
pub fn run(arguments: &HelperArgs) -> ExitCode {
    let outcome = become_unprivileged(arguments).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(own_a_server(arguments))
    });
    let _ = fs::remove_dir_all(&arguments.sockets);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(FAILED, &format!("{error:#}").replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn become_unprivileged(arguments: &HelperArgs) -> anyhow::Result<()> {
    let (Some(user_id), Some(group_id)) = (arguments.user_id, arguments.group_id) else {
        return Ok(());
    };
    // In this order: whoever gave up the user first may no longer give up the groups.
    #[cfg(not(target_vendor = "apple"))]
    nix::unistd::setgroups(&[Gid::from_raw(group_id)]).context("cannot give up root's groups")?;
    nix::unistd::setgid(Gid::from_raw(group_id)).context("cannot give up root's group")?;
    nix::unistd::setuid(Uid::from_raw(user_id)).context("cannot give up being root")?;
    Ok(())
}

async fn own_a_server(arguments: &HelperArgs) -> anyhow::Result<()> {
    let end = end_of_life()?;
    let running = cluster::open(arguments).await?;
    let server = &running.server;
    if !server.database_exists(DATABASE).await? {
        server.create_database(DATABASE).await?;
    }
    say(READY, &server.settings().url(DATABASE));
    // The sender is gone when the thread that waits for it ended: an end as good as any other.
    let _ = end.await;
    server.stop().await.context("cannot stop PostgreSQL")
}

/// Resolves when standard input ends, which it does however our parent ends, or on SIGTERM.
fn end_of_life() -> anyhow::Result<oneshot::Receiver<()>> {
    let (input_ended, mut end_of_input) = oneshot::channel();
    // A thread, since a blocked read of standard input would keep a runtime from shutting down.
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = input_ended.send(());
    });
    let mut terminate = signal(SignalKind::terminate())?;
    let (ended, end) = oneshot::channel();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = &mut end_of_input => {}
        }
        let _ = ended.send(());
    });
    Ok(end)
}

fn say(word: &str, rest: &str) {
    let mut output = std::io::stdout().lock();
    // Nobody to tell: the parent is gone, and with it standard input.
    let _ = writeln!(output, "{word}{rest}").and_then(|()| output.flush());
}
