//! A proxy that imitates a second machine: every byte arrives half a millisecond later, in either direction.
//!
//! It delays and does not limit: what is sent while other bytes are under way is under way too, so pipelining keeps its
//! worth. Threads and blocking calls, because the timers of an asynchronous runtime round to milliseconds.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;

use super::child;

/// The most that is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

#[derive(Args, Debug)]
pub struct DelayProxy {
    /// Where connections are passed on to: an address with a port, or the path of a unix socket
    #[arg(long)]
    upstream: Upstream,
    /// Of each direction
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    delay_micros: u64,
}

/// The other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    Tcp(String),
    Unix(PathBuf),
}

/// Some bytes, and when they arrive.
type Parcel = (Instant, Vec<u8>);

impl FromStr for Upstream {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text.starts_with('/') { Self::Unix(text.into()) } else { Self::Tcp(text.to_owned()) })
    }
}

impl DelayProxy {
    /// Serves until the parent has gone.
    ///
    /// # Errors
    ///
    /// When no port is free, or connections cannot be accepted.
    pub fn run(self) -> anyhow::Result<()> {
        child::end_with_the_parent();
        let listener = child::listen()?;
        serve(&listener, &self.upstream, Duration::from_micros(self.delay_micros)).context("cannot accept connections")
    }
}

/// Passes on every connection, for ever.
///
/// # Errors
///
/// When connections cannot be accepted.
pub fn serve(listener: &TcpListener, upstream: &Upstream, delay: Duration) -> io::Result<()> {
    loop {
        let (client, _) = listener.accept()?;
        // An upstream that refuses is what the client sees as a connection that is closed.
        if let Err(error) = pass_on(client, upstream, delay) {
            eprintln!("delay-proxy: {error}");
        }
    }
}

fn pass_on(client: TcpStream, upstream: &Upstream, delay: Duration) -> io::Result<()> {
    client.set_nodelay(true)?;
    match upstream {
        Upstream::Tcp(address) => {
            let server = TcpStream::connect(address)?;
            server.set_nodelay(true)?;
            let (client_too, server_too) = (client.try_clone()?, server.try_clone()?);
            direction(client, server, delay, |server| server.shutdown(Shutdown::Write));
            direction(server_too, client_too, delay, |client| client.shutdown(Shutdown::Write));
        }
        Upstream::Unix(path) => {
            let server = UnixStream::connect(path)?;
            let (client_too, server_too) = (client.try_clone()?, server.try_clone()?);
            direction(client, server, delay, |server| server.shutdown(Shutdown::Write));
            direction(server_too, client_too, delay, |client| client.shutdown(Shutdown::Write));
        }
    }
    Ok(())
}

/// One thread notes when bytes came, another delivers them when it is time. When one end closes, so does the other, after
/// what was under way.
fn direction<From, To>(from: From, to: To, delay: Duration, close: impl FnOnce(&To) -> io::Result<()> + Send + 'static)
where
    From: Read + Send + 'static,
    To: Write + Send + 'static,
{
    let (send, receive) = channel();
    thread::spawn(move || collect(from, &send, delay));
    thread::spawn(move || {
        let mut to = to;
        // A reader that has gone ends the delivery; the other direction notices by itself.
        let _ = deliver(&receive, &mut to);
        let _ = close(&to);
    });
}

fn collect(mut from: impl Read, send: &Sender<Parcel>, delay: Duration) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(length) = from.read(&mut chunk)
        && length > 0
        && send.send((Instant::now() + delay, chunk[..length].to_vec())).is_ok()
    {}
}

fn deliver(receive: &Receiver<Parcel>, to: &mut impl Write) -> io::Result<()> {
    while let Ok((due, bytes)) = receive.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        to.write_all(&bytes)?;
    }
    Ok(())
}
