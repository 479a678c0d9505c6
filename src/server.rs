//! The server: its parts, the order in which they start and stop, and the route table.
//!
//! Signals are handled by the command line, which calls `Running::stop`.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PayloadConfig, ServiceConfig};
use anyhow::Context;
use boxoffice_engine::db::connect::{lane_pool, request_pool, status_pool};
use boxoffice_engine::inventory::Inventory;
use boxoffice_engine::settings::InventoryMode;
use sqlx::PgPool;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tracing::info;
use tracing_actix_web::TracingLogger;
use utoipa::openapi::OpenApi;

use crate::app::{App, Readiness, WorkerHealth};
use crate::config::Settings;
use crate::events::status_reads::StatusReads;
use crate::holds::payment_token::PaymentTokens;
use crate::http::body::BODY_BYTES_MAX;
use crate::http::docs;
use crate::http::middleware::complete_response;
use crate::http::openapi::document;
use crate::http::routes::Routes;
use crate::telemetry::metrics;
use crate::telemetry::root_span::RequestSpan;
use crate::workers::Workers;
use crate::{blocks, bookings, events, holds, operations, seat_maps, series, venues};

/// Connections that may wait for `accept`. A flash sale opens thousands within a second.
const LISTEN_BACKLOG: u32 = 4096;
/// Connections that one HTTP worker thread serves at a time; further ones wait for `accept`.
const CONNECTIONS_PER_WORKER_MAX: usize = 25_000;
/// Time limit for reading the head of a request, so that slow clients do not occupy connections without end.
const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle time after which the server closes a connection. Longer than the usual 60 s of proxies, so that the proxy
/// closes first: it can repeat a request safely.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Time limit for stopping everything but the requests: ticks, lanes, database connections.
pub const WIND_DOWN_MARGIN: Duration = Duration::from_secs(5);
/// Time limit for closing the pool of requests and workers, after the last request has ended.
const POOL_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Time limit for closing a client connection.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The routes of all features.
fn routes() -> Routes {
    holds::routes()
        .and(bookings::routes())
        .and(events::routes())
        .and(seat_maps::routes())
        .and(blocks::routes())
        .and(venues::routes())
        .and(series::routes())
        .and(operations::routes())
}

fn configure(config: &mut ServiceConfig) {
    routes().configure(config);
    docs::configure(config, openapi);
}

/// The OpenAPI document of every route.
pub fn openapi() -> OpenApi {
    document(routes().document())
}

/// A running server.
pub struct Running {
    address: SocketAddr,
    app: App,
    lane_pool: PgPool,
    workers: Workers,
    handle: ServerHandle,
    served: JoinHandle<io::Result<()>>,
}

/// Starts all parts of the server on the current runtime. It listens first, so that a port in use is reported before
/// anything else is started. Port 0 takes a free port.
///
/// # Errors
/// When it cannot listen on the address, or the database URL is invalid.
pub fn start(settings: Settings) -> anyhow::Result<Running> {
    let listener = listen(SocketAddr::new(settings.host, settings.port))?;
    let address = listener.local_addr()?;
    metrics::install();

    let lane_pool = lane_pool(&settings.database, inventory_connections(&settings)?)?;
    let pool = request_pool(&settings.database)?;
    let status_pool = status_pool(&settings.database)?;
    let status_reads =
        StatusReads::start(status_pool.clone(), settings.read_queue_max, settings.inventory.answer_within);
    let tokens = PaymentTokens::new(&settings.payment_token_key);
    let app = App {
        pool,
        status_pool: status_pool.clone(),
        inventory: Inventory::start(&settings.inventory, settings.hold_rules, lane_pool.clone()),
        readiness: Readiness::default(),
        workers: WorkerHealth::default(),
        invariants_semaphore: Arc::new(Semaphore::new(1)),
        settings: Arc::new(settings),
    };
    let server = serve(&app, status_reads, tokens, listener)?;
    let handle = server.handle();
    let served = tokio::spawn(server);
    let workers = Workers::start(&app);
    info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");
    Ok(Running { address, app, lane_pool, workers, handle, served })
}

impl Running {
    /// The address that the server listens on, with the actual port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// State shared by the server's handlers and workers.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Stops gracefully. During the drain window requests are served as before, but `/health/ready` answers 503. Then
    /// the server accepts no more connections, answers the requests that run, finishes accepted commands and closes the
    /// database connections, within the shutdown timeout plus [`WIND_DOWN_MARGIN`].
    ///
    /// # Errors
    /// When it does not end in time, or the HTTP server fails.
    pub async fn stop(self) -> anyhow::Result<()> {
        let window = self.app.settings.drain_window;
        info!(drain_seconds = window.as_secs(), "draining: requests are still served, but /health/ready answers 503");
        self.app.readiness.drain_for(window).await;
        info!("stopping: running requests are finished, no new connections are accepted");
        let limit = self.app.settings.shutdown_timeout + WIND_DOWN_MARGIN;
        tokio::time::timeout(limit, self.wind_down())
            .await
            .with_context(|| format!("the server did not stop within {} s", limit.as_secs()))??;
        info!("stopped");
        Ok(())
    }

    async fn wind_down(self) -> anyhow::Result<()> {
        // Workers stop before the HTTP threads: a database connection that was opened on an HTTP thread dies with that
        // thread, and a running tick could be using it.
        self.workers.stop().await;
        self.handle.stop(true).await;
        let served = self.served.await;
        self.app.inventory.drain().await;
        self.lane_pool.close().await;
        self.app.status_pool.close().await;
        // An invariants check may occupy its connection for minutes; it only reads, so it can be cut off.
        let _ = tokio::time::timeout(POOL_CLOSE_TIMEOUT, self.app.pool.close()).await;
        Ok(served??)
    }
}

/// Number of connections for inventory: one per lane. In the benchmark mode without lanes, as many as for requests.
fn inventory_connections(settings: &Settings) -> anyhow::Result<u32> {
    Ok(match settings.inventory.mode {
        InventoryMode::Lanes => u32::try_from(settings.inventory.lanes)?,
        InventoryMode::PerRequest => settings.database.pool_connections_max,
    })
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let failed = || format!("cannot listen on {address}");
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Without this a restarted process cannot bind while connections of the old one are in TIME_WAIT.
    socket.set_reuseaddr(true)?;
    socket.bind(address).with_context(failed)?;
    let listener = socket.listen(LISTEN_BACKLOG).with_context(failed)?;
    Ok(listener.into_std()?)
}

fn serve(
    app: &App,
    status_reads: StatusReads,
    tokens: PaymentTokens,
    listener: TcpListener,
) -> io::Result<actix_web::dev::Server> {
    let data = Data::new(app.clone());
    let (status_reads, tokens) = (Data::new(status_reads), Data::new(tokens));
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(data.clone())
            .app_data(status_reads.clone())
            .app_data(tokens.clone())
            .app_data(PayloadConfig::new(BODY_BYTES_MAX))
            .configure(configure)
            .wrap(from_fn(complete_response))
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    .workers(app.settings.http_workers)
    .max_connections(CONNECTIONS_PER_WORKER_MAX)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(REQUEST_HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    // A client that closes its side has given up: its pending request is dropped.
    .h1_allow_half_closed(false)
    .tcp_nodelay(true)
    .shutdown_timeout(app.settings.shutdown_timeout.as_secs())
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}
