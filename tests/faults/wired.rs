//! A server whose database is behind a proxy that can cut connections.

use boxoffice::config::Settings;
use boxoffice::server::Running;
use reqwest::Method;
use serde_json::json;

use super::proxy::Proxy;
use crate::support::{Client, Database, Reply, service};

pub struct ProxiedService {
    pub database: Database,
    pub proxy: Proxy,
    pub client: Client,
    _running: Running,
}

impl ProxiedService {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(adjust: impl FnOnce(&mut Settings)) -> Self {
        let database = Database::create().await;
        let proxy = Proxy::start(&database.url()).await;
        let (running, client) = service::start(&proxy.url(&database.url()), adjust);
        Self { database, proxy, client, _running: running }
    }

    /// Number of resolved unknown commits with this outcome. The tests of this binary share the metric.
    pub async fn resolved_commits(&self, outcome: &str) -> f64 {
        self.client.metric(&format!(r#"commits_settled_total{{outcome="{outcome}"}}"#)).await
    }

    pub async fn hold_with_key(&self, event_id: &str, key: &str) -> Reply {
        let body = json!({"event_id": event_id, "qty": 2});
        self.client.send(Method::POST, "/api/v1/holds", &[("Idempotency-Key", key)], Some(body)).await
    }
}
