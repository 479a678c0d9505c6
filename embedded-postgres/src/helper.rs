//! Helper process: becomes an unprivileged user if necessary, starts the server, prints its URL on standard output, and
//! stops it when standard input ends or on SIGTERM. The parent module says why it exists.

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

/// Prefix of the line on standard output when the server is ready; the URL follows.
pub const READY: &str = "ready ";
/// Prefix of the line when the server did not start; the reason follows.
pub const FAILED: &str = "failed ";

/// Arguments of the helper process.
#[derive(clap::Args, Debug)]
pub struct HelperArgs {
    #[arg(long)]
    pub(super) data: PathBuf,
    #[arg(long)]
    pub(super) sockets: PathBuf,
    /// Folder of PostgreSQL's programs
    #[arg(long)]
    pub(super) binaries: Option<PathBuf>,
    /// Folder to download the programs to, if there are none
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
    /// Arguments for a server at `place`. Without `binaries`, PostgreSQL is downloaded.
    ///
    /// # Errors
    ///
    /// When there is no folder for downloads.
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

    /// Command line that parses to these arguments.
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

/// Runs the helper until the server has stopped. Call it while the process has one thread, since it changes the
/// process's user.
pub fn run(arguments: &HelperArgs) -> ExitCode {
    let outcome = become_unprivileged(arguments).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(run_server(arguments))
    });
    let _ = fs::remove_dir_all(&arguments.sockets);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_line(FAILED, &format!("{error:#}").replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn become_unprivileged(arguments: &HelperArgs) -> anyhow::Result<()> {
    let (Some(user_id), Some(group_id)) = (arguments.user_id, arguments.group_id) else {
        return Ok(());
    };
    // The order matters: after setuid the process may no longer change its groups.
    #[cfg(not(target_vendor = "apple"))]
    nix::unistd::setgroups(&[Gid::from_raw(group_id)]).context("cannot drop root's groups")?;
    nix::unistd::setgid(Gid::from_raw(group_id)).context("cannot change from root's group")?;
    nix::unistd::setuid(Uid::from_raw(user_id)).context("cannot change from root to another user")?;
    Ok(())
}

async fn run_server(arguments: &HelperArgs) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let running = cluster::open(arguments).await?;
    let server = &running.server;
    if !server.database_exists(DATABASE).await? {
        server.create_database(DATABASE).await?;
    }
    print_line(READY, &server.settings().url(DATABASE));
    // An error means that the sender was dropped, which is also a reason to stop.
    let _ = stop.await;
    server.stop().await.context("cannot stop PostgreSQL")
}

/// Receiver that resolves when standard input ends or on SIGTERM. Standard input ends when the parent process ends,
/// however that happens.
fn stop_signal() -> anyhow::Result<oneshot::Receiver<()>> {
    let (input_ended, mut end_of_input) = oneshot::channel();
    // A thread, because a blocked read of standard input would keep a tokio runtime from shutting down.
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = input_ended.send(());
    });
    let mut terminate = signal(SignalKind::terminate())?;
    let (send_stop, stop) = oneshot::channel();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = &mut end_of_input => {}
        }
        let _ = send_stop.send(());
    });
    Ok(stop)
}

fn print_line(prefix: &str, text: &str) {
    let mut output = std::io::stdout().lock();
    // Writing fails if the parent is gone. Then standard input has ended too, and the helper stops.
    let _ = writeln!(output, "{prefix}{text}").and_then(|()| output.flush());
}
