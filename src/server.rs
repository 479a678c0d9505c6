//! The server: what runs, in which order it starts and stops, and the route table on one screen.
//!
//! Signals are the command line's: it calls `Running::stop`.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, PayloadConfig, ServiceConfig, delete, get, head, patch, post, put};
use actix_web::{HttpServer, Resource};
use anyhow::Context;
use sqlx::PgPool;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tracing::info;
use utoipa::OpenApi;

use crate::app::{App, Readiness, WorkerHealth};
use crate::config::{InventoryMode, Settings};
use crate::db::connect::{lane_pool, request_pool, status_pool};
use crate::domain::payment_token::PaymentTokens;
use crate::http::body::{BODY_BYTES_MAX, BodyLimit, LISTS_BODY_BYTES_MAX};
use crate::http::middleware::answer;
use crate::http::venues::VENUE_BODY_BYTES_MAX;
use crate::http::{
    blocks, bookings, docs, events, health, holds, invariants, openapi, pools, prometheus, seats, series, status,
    totals, venues,
};
use crate::inventory::Inventory;
use crate::reads::StatusReads;
use crate::telemetry::metrics;
use crate::telemetry::request::Endpoint;
use crate::workers::Workers;

/// Connections that wait for `accept`. A flash sale opens thousands within a second.
const LISTEN_BACKLOG: u32 = 4096;
/// Connections that one HTTP worker serves at a time; more of them wait unaccepted.
const CONNECTIONS_PER_WORKER_MAX: usize = 25_000;
/// How long a client may take to send the head of a request: a slow one must not keep its connection for ever.
const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept: longer than the 60 s after which the usual proxies close theirs, so that the
/// proxy, which can repeat a request safely, is the one that closes.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long everything but the requests may take to end: ticks, lanes, connections to the database.
pub const WIND_DOWN_MARGIN: Duration = Duration::from_secs(5);
/// How long the connections of requests and workers may take to be given back, once there are no requests any more.
const POOL_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a closing connection may take.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The route table. A resource answers 405 to methods that it does not list. Paths are compared in this order, so what a sale
/// asks for comes first.
fn routes(config: &mut ServiceConfig) {
    config
        .service(at("/api/v1/holds").route(post().to(holds::place)))
        .service(at("/api/v1/book").route(post().to(bookings::book)))
        .service(at("/api/v1/events/{id}/status").route(get().to(status::show)))
        .service(at("/api/v1/events/{id}/seats").route(get().to(seats::show)).wrap(Compress::default()))
        .service(at("/api/v1/events/{id}/seats.svg").route(get().to(seats::draw)).wrap(Compress::default()))
        .service(at("/api/v1/holds/{id}").route(get().to(holds::show)).route(delete().to(holds::release)))
        .service(at("/api/v1/holds/{id}/items").route(put().to(holds::change_items)))
        .service(at("/api/v1/holds/{id}/extend").route(post().to(holds::extend)))
        .service(at("/api/v1/holds/{id}/expire").route(post().to(holds::expire)))
        .service(at("/api/v1/bookings/{id}").route(get().to(bookings::show)))
        .service(at("/api/v1/bookings/{id}/cancel").route(post().to(bookings::cancel)))
        .service(
            with_bodies(at("/api/v1/events"), LISTS_BODY_BYTES_MAX)
                .route(post().to(events::create))
                .route(get().to(events::list)),
        )
        .service(
            at("/api/v1/events/{id}")
                .route(get().to(events::show))
                .route(patch().to(events::amend))
                .route(delete().to(events::delete)),
        )
        .service(at("/api/v1/events/{id}/blocks").route(get().to(blocks::list)))
        .service(
            with_bodies(at("/api/v1/events/{id}/blocks/{block_id}"), LISTS_BODY_BYTES_MAX)
                .route(put().to(blocks::put))
                .route(delete().to(blocks::delete)),
        )
        .service(
            with_bodies(at("/api/v1/venues"), VENUE_BODY_BYTES_MAX)
                .route(post().to(venues::create))
                .route(get().to(venues::list)),
        )
        .service(
            with_bodies(at("/api/v1/venues/{id}"), VENUE_BODY_BYTES_MAX)
                .route(get().to(venues::show))
                .route(patch().to(venues::amend)),
        )
        .service(at("/api/v1/venues/{id}/layouts/{version}").route(get().to(venues::layout)).wrap(Compress::default()))
        .service(with_bodies(at("/api/v1/series"), LISTS_BODY_BYTES_MAX).route(post().to(series::create)))
        .service(at("/api/v1/series/{id}").route(get().to(series::show)))
        .service(
            with_bodies(at("/api/v1/series/{id}/events"), LISTS_BODY_BYTES_MAX)
                .route(get().to(series::list_events))
                .route(post().to(series::add)),
        )
        .service(at("/api/v1/pools/{id}").route(patch().to(pools::resize)))
        .service(at("/api/v1/metrics").route(get().to(totals::show)))
        .service(at("/api/v1/invariants").route(get().to(invariants::show)))
        .service(at("/api/v1/health").route(get().to(health::health)).route(head().to(health::health)))
        .service(at("/api/v1/health/status").route(get().to(health::status)))
        .service(at("/health/live").route(get().to(health::live)).route(head().to(health::live)))
        .service(at("/health/ready").route(get().to(health::ready)).route(head().to(health::ready)))
        .service(at("/metrics").route(get().to(prometheus::scrape)))
        .service(at("/openapi.json").route(get().to(docs::openapi_json)))
        .service(at("/docs").route(get().to(docs::to_ui)))
        .service(at("/docs/errors").route(get().to(docs::errors)))
        .service(docs::ui());
}

/// A resource whose template is the `endpoint` of logs and metrics.
fn at(template: &'static str) -> Resource {
    web::resource(template).app_data(Endpoint(template))
}

/// A resource whose bodies may be larger than elsewhere: so many bytes.
fn with_bodies(resource: Resource, bytes_max: usize) -> Resource {
    resource.app_data(PayloadConfig::new(bytes_max)).app_data(BodyLimit(bytes_max))
}

/// The OpenAPI document of every route above.
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::Document::openapi()
}

/// A server that runs until it is stopped.
pub struct Running {
    address: SocketAddr,
    app: App,
    lane_pool: PgPool,
    workers: Workers,
    handle: ServerHandle,
    served: JoinHandle<io::Result<()>>,
}

/// Starts everything on the current runtime. The address comes first, so that a port in use is told before anything else happens; the port 0
/// takes a free one.
///
/// # Errors
/// When the address cannot be had, or the database's URL is none.
pub fn start(settings: Settings) -> anyhow::Result<Running> {
    let listener = listen(SocketAddr::new(settings.host, settings.port))?;
    let address = listener.local_addr()?;
    metrics::install();

    let lane_pool = lane_pool(&settings.database, inventory_connections(&settings)?)?;
    let pool = request_pool(&settings.database)?;
    let app = App {
        status_reads: StatusReads::start(
            status_pool(&settings.database)?,
            settings.read_queue_max,
            settings.inventory.answer_within,
        ),
        pool,
        inventory: Inventory::start(&settings.inventory, settings.hold_rules, lane_pool.clone()),
        tokens: PaymentTokens::new(&settings.payment_token_key),
        readiness: Readiness::default(),
        workers: WorkerHealth::default(),
        invariants_turn: Arc::new(Semaphore::new(1)),
        settings: Arc::new(settings),
    };
    let server = serve(&app, listener)?;
    let handle = server.handle();
    let served = tokio::spawn(server);
    let workers = Workers::start(&app);
    info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");
    Ok(Running { address, app, lane_pool, workers, handle, served })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers and workers share.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Stops gracefully. For the drain window all goes on as before, but whoever asks is told to look elsewhere. Then nothing
    /// more is accepted, requests that run are answered, what was accepted is finished, and the connections to the database
    /// close: all that takes at most [`WIND_DOWN_MARGIN`] longer than requests are waited for.
    ///
    /// # Errors
    /// When it did not come to its end in time, or the HTTP server ended badly.
    pub async fn stop(self) -> anyhow::Result<()> {
        let window = self.app.settings.drain_window;
        info!(drain_seconds = window.as_secs(), "draining: requests are still served, but should go elsewhere");
        self.app.readiness.drain_for(window).await;
        info!("stopping: requests that have begun are finished");
        let time = self.app.settings.shutdown_timeout + WIND_DOWN_MARGIN;
        tokio::time::timeout(time, self.wind_down())
            .await
            .with_context(|| format!("not everything had ended after {} s", time.as_secs()))??;
        info!("stopped");
        Ok(())
    }

    async fn wind_down(self) -> anyhow::Result<()> {
        // Workers before the HTTP threads: a connection that was opened on one of those threads dies with it, and a tick
        // must not be the one to find out.
        self.workers.stop().await;
        self.handle.stop(true).await;
        let served = self.served.await;
        self.app.inventory.drain().await;
        self.lane_pool.close().await;
        self.app.status_reads.close().await;
        // An audit may keep its connection for minutes, and only reads.
        let _ = tokio::time::timeout(POOL_CLOSE_TIMEOUT, self.app.pool.close()).await;
        Ok(served??)
    }
}

/// A connection for each lane; in the benchmark's mode there are none, and transactions share as many as requests do.
fn inventory_connections(settings: &Settings) -> anyhow::Result<u32> {
    Ok(match settings.inventory.mode {
        InventoryMode::Lanes => u32::try_from(settings.inventory.lanes)?,
        InventoryMode::PerRequest => settings.database.pool_connections_max,
    })
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let failed = || format!("cannot listen on {address}");
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restart must not wait for the connections of its predecessor to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address).with_context(failed)?;
    let listener = socket.listen(LISTEN_BACKLOG).with_context(failed)?;
    Ok(listener.into_std()?)
}

fn serve(app: &App, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let data = Data::new(app.clone());
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(data.clone())
            .app_data(PayloadConfig::new(BODY_BYTES_MAX))
            .configure(routes)
            .wrap(from_fn(answer))
    })
    .workers(app.settings.http_workers)
    .max_connections(CONNECTIONS_PER_WORKER_MAX)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(REQUEST_HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    // Whoever closes has given up: what was not begun for them is not done.
    .h1_allow_half_closed(false)
    .tcp_nodelay(true)
    .shutdown_timeout(app.settings.shutdown_timeout.as_secs())
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}
