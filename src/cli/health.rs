//! `boxoffice health`: health check of a container, so that the image needs no HTTP client. The result is the exit
//! code.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use boxoffice::config::PORT_DEFAULT;
use clap::Args;

/// Time limit for the server's answer; a slower server counts as not ready.
const TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Args)]
pub struct HealthArgs {
    /// Address that the server listens on
    #[arg(long, env, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port that the server listens on
    #[arg(long, env, default_value_t = PORT_DEFAULT)]
    port: u16,
}

pub fn run(arguments: &HealthArgs) -> anyhow::Result<ExitCode> {
    let address = SocketAddr::new(reachable(arguments.host), arguments.port);
    let status = ready_status(address).with_context(|| format!("no answer from {address}"))?;
    println!("{address}: {status}");
    Ok(if status.split(' ').nth(1) == Some("200") { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The loopback address instead of "all addresses" (0.0.0.0, ::), to which a client cannot connect everywhere.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    }
}

/// Requests `/health/ready` and returns the status line of the response.
fn ready_status(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
