//! The ceiling: an HTTP server that parses the request of a hold and answers with a hold's JSON, and does nothing else.
//! It shows the throughput that the service would have at most if inventory cost nothing. It uses the same crates and
//! settings.

use std::num::NonZero;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::child;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceBody {
    event_id: Uuid,
    qty: u32,
}

/// The members of the service's response, with values of the same length.
#[derive(Serialize)]
struct HoldBody {
    hold_id: Uuid,
    event_id: Uuid,
    status: &'static str,
    qty: u32,
    items: [ItemBody; 1],
    total: i64,
    currency: Option<&'static str>,
    created_at: &'static str,
    expires_at: &'static str,
    expires_in_ms: i64,
    server_time: &'static str,
    payment_token: &'static str,
}

#[derive(Serialize)]
struct ItemBody {
    ticket_type_id: Uuid,
    name: &'static str,
    qty: u32,
    unit_price: i64,
}

async fn place(body: web::Json<PlaceBody>) -> HttpResponse {
    HttpResponse::Created().json(HoldBody {
        hold_id: Uuid::now_v7(),
        event_id: body.event_id,
        status: "active",
        qty: body.qty,
        items: [ItemBody { ticket_type_id: body.event_id, name: "General admission", qty: body.qty, unit_price: 0 }],
        total: 0,
        currency: None,
        created_at: "2026-01-01T00:00:00.000000Z",
        expires_at: "2026-01-01T00:15:00.000000Z",
        expires_in_ms: 900_000,
        server_time: "2026-01-01T00:00:00.000000Z",
        payment_token: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    })
}

/// Serves until the parent process exits, with the same number of threads as the service: `HTTP_WORKERS`, or one per
/// core.
///
/// # Errors
///
/// When no port is free.
pub fn run() -> anyhow::Result<()> {
    child::exit_with_parent();
    let configured = std::env::var("HTTP_WORKERS").ok().and_then(|workers| workers.parse().ok());
    let workers = configured.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get));
    let listener = child::listen()?;
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(|| App::new().route("/api/v1/holds", web::post().to(place)));
        server.workers(workers).tcp_nodelay(true).listen(listener)?.run().await
    })?;
    Ok(())
}
