//! A proxy that simulates a database on another machine: it forwards every byte with a delay, in both directions.
//!
//! It delays each piece of data on its own and does not limit the rate, so pipelining works as over a network. It uses
//! threads and blocking calls, because the timers of an asynchronous runtime round to milliseconds.

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

/// The most bytes of one read.
const CHUNK_BYTES: usize = 64 * 1024;

#[derive(Args, Debug)]
pub struct DelayProxy {
    /// Where connections are forwarded to: an address with a port, or the path of a Unix socket
    #[arg(long)]
    upstream: Upstream,
    /// Delay of each direction, in microseconds
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    delay_micros: u64,
}

/// Address of the server behind the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    Tcp(String),
    Unix(PathBuf),
}

/// Bytes, and the time of their delivery.
type DelayedBytes = (Instant, Vec<u8>);

impl FromStr for Upstream {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text.starts_with('/') { Self::Unix(text.into()) } else { Self::Tcp(text.to_owned()) })
    }
}

impl DelayProxy {
    /// Serves until the parent process exits.
    ///
    /// # Errors
    ///
    /// When no port is free, or connections cannot be accepted.
    pub fn run(self) -> anyhow::Result<()> {
        child::exit_with_parent();
        let listener = child::listen()?;
        serve(&listener, &self.upstream, Duration::from_micros(self.delay_micros)).context("cannot accept connections")
    }
}

/// Forwards connections, without end.
///
/// # Errors
///
/// When connections cannot be accepted.
pub fn serve(listener: &TcpListener, upstream: &Upstream, delay: Duration) -> io::Result<()> {
    loop {
        let (client, _) = listener.accept()?;
        // If the upstream refuses, the client sees a closed connection.
        if let Err(error) = forward(client, upstream, delay) {
            eprintln!("delay-proxy: {error}");
        }
    }
}

fn forward(client: TcpStream, upstream: &Upstream, delay: Duration) -> io::Result<()> {
    client.set_nodelay(true)?;
    match upstream {
        Upstream::Tcp(address) => {
            let server = TcpStream::connect(address)?;
            server.set_nodelay(true)?;
            let (client_clone, server_clone) = (client.try_clone()?, server.try_clone()?);
            start_direction(client, server, delay, |server| server.shutdown(Shutdown::Write));
            start_direction(server_clone, client_clone, delay, |client| client.shutdown(Shutdown::Write));
        }
        Upstream::Unix(path) => {
            let server = UnixStream::connect(path)?;
            let (client_clone, server_clone) = (client.try_clone()?, server.try_clone()?);
            start_direction(client, server, delay, |server| server.shutdown(Shutdown::Write));
            start_direction(server_clone, client_clone, delay, |client| client.shutdown(Shutdown::Write));
        }
    }
    Ok(())
}

/// Starts two threads: one reads and adds the time of delivery, the other waits for that time and writes. When the
/// reading end is closed, the writing end is closed after the last delivery.
fn start_direction<From, To>(
    from: From,
    to: To,
    delay: Duration,
    close: impl FnOnce(&To) -> io::Result<()> + Send + 'static,
) where
    From: Read + Send + 'static,
    To: Write + Send + 'static,
{
    let (send, receive) = channel();
    thread::spawn(move || read_all(from, &send, delay));
    thread::spawn(move || {
        let mut to = to;
        // An error means that the receiver closed its connection; the other direction notices that by itself.
        let _ = deliver(&receive, &mut to);
        let _ = close(&to);
    });
}

fn read_all(mut from: impl Read, send: &Sender<DelayedBytes>, delay: Duration) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(length) = from.read(&mut chunk)
        && length > 0
        && send.send((Instant::now() + delay, chunk[..length].to_vec())).is_ok()
    {}
}

fn deliver(receive: &Receiver<DelayedBytes>, to: &mut impl Write) -> io::Result<()> {
    while let Ok((due, bytes)) = receive.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        to.write_all(&bytes)?;
    }
    Ok(())
}
