//! The HTTP server under test, in the test process, on a free port.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use boxoffice::config::{LogFormat, LogSettings, Settings};
use boxoffice::server::{self, Running};
use boxoffice_engine::ids::AffinityRange;
use boxoffice_engine::settings::HoldRules;
use boxoffice_engine::settings::{DatabaseSettings, InventoryMode, InventorySettings};

use super::{Client, Database};

/// Key of all servers in the tests; instances of one service share their key too.
pub const PAYMENT_TOKEN_KEY: &str = "a key that is only used by tests, 32 bytes or more";

/// A server and its database.
pub struct Service {
    pub database: Database,
    pub client: Client,
    pub running: Running,
}

impl Service {
    /// Starts a server on a new database, with [`settings`]. Background workers do not tick on their own; tests call
    /// them.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server on a new database, with adjusted settings.
    pub async fn start_with(adjust: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(Database::create().await, adjust)
    }

    /// Starts a server on a database that the test has prepared.
    pub fn start_on(database: Database, adjust: impl FnOnce(&mut Settings)) -> Self {
        let (running, client) = start(&database.url(), adjust);
        Self { client, database, running }
    }

    /// Starts a second server on the same database.
    pub fn start_second_server(&self) -> (Running, Client) {
        self.start_second_server_with(|_| {})
    }

    /// Starts a second server on the same database, with adjusted settings.
    pub fn start_second_server_with(&self, adjust: impl FnOnce(&mut Settings)) -> (Running, Client) {
        start(&self.database.url(), adjust)
    }

    /// Starts a server on a database that the caller keeps.
    pub fn start_server_on(database: &Database) -> (Running, Client) {
        start(&database.url(), |_| {})
    }
}

/// Starts a server on the database of this URL, with adjusted settings.
pub fn start(database_url: &str, adjust: impl FnOnce(&mut Settings)) -> (Running, Client) {
    let mut settings = settings(database_url);
    adjust(&mut settings);
    let running = server::start(settings).expect("the server starts");
    let client = Client::new(format!("http://{}", running.address()));
    (running, client)
}

/// Settings close to the production defaults, with longer time limits, a sweep interval of one hour, and no invariants
/// check.
pub fn settings(database_url: &str) -> Settings {
    Settings {
        app_name: "Box Office API".to_owned(),
        host: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 0,
        log: LogSettings { level: "warn".to_owned(), format: LogFormat::Json },
        database: DatabaseSettings {
            url: database_url.to_owned().into(),
            pool_connections_max: 5,
            // Many tests run at once on few cores; a slow connect must not fail them.
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(10),
            idle_in_transaction_timeout: Duration::from_secs(30),
        },
        inventory: InventorySettings {
            lanes: 2,
            batch_max: 512,
            event_queue_max: 4096,
            queue_max: 16_384,
            // As above: a slow machine must not fail a test.
            command_deadline: Duration::from_secs(20),
            answer_within: Duration::from_secs(30),
            mode: InventoryMode::Lanes,
        },
        read_queue_max: 8192,
        event_affinities: AffinityRange::ALL,
        hold_rules: HoldRules {
            ttl_seconds_default: 120,
            quantity_max: 100,
            lifetime_seconds_max: 1800,
            extensions_max: 3,
        },
        sweep_interval: Duration::from_secs(3600),
        audit_interval: None,
        payment_token_key: PAYMENT_TOKEN_KEY.to_owned().into(),
        http_workers: 2,
        drain_window: Duration::ZERO,
        shutdown_timeout: Duration::from_secs(5),
    }
}
