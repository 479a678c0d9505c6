//! The auditor: checks the invariants while the service runs, so that a breach is heard of before a customer finds it.
//!
//! Read-only; several instances do no harm, but each reads whole tables: `AUDIT_INTERVAL_SECONDS` says which audit.

use sqlx::PgPool;

use crate::queries::audit::{Audit, audit};
use crate::telemetry::metrics;

/// In metrics, logs and health.
pub const NAME: &str = "auditor";

/// Audits once. Each broken invariant is one line in the log.
///
/// # Errors
///
/// When the database fails.
pub async fn tick(pool: &PgPool) -> anyhow::Result<Audit> {
    let audit = audit(pool).await?;
    for invariant in &audit.invariants {
        metrics::invariant_breaches(invariant.name, invariant.breaches);
        if !invariant.holds() {
            tracing::error!(
                invariant = invariant.name,
                expected = invariant.expected,
                actual = invariant.actual,
                breaches = invariant.breaches,
                "an invariant is broken: {}",
                invariant.description,
            );
        }
    }
    Ok(audit)
}
