//! The target of load: a server on this machine.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use anyhow::{Context as _, ensure};

/// The address of an HTTP server. Always a loopback address, so that a wrong argument cannot overload another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target(SocketAddr);

impl Target {
    /// A port of 127.0.0.1.
    pub fn from_local_port(port: u16) -> Self {
        Self(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    pub fn address(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for Target {
    type Err = anyhow::Error;

    /// Parses a base URL without a path, as in `http://127.0.0.1:8080`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let authority = text.strip_prefix("http://").context("it must start with http://")?;
        let address: SocketAddr =
            authority.trim_end_matches('/').parse().context("it must be an IP address with a port, and no path")?;
        ensure!(address.ip().is_loopback(), "load is sent to this machine only, as in http://127.0.0.1:8080");
        Ok(Self(address))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.0)
    }
}
