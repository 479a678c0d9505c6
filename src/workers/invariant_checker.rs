//! The auditor: checks the invariants while the service runs, so that a breach is heard of before a customer finds it.
//!
//! Read-only; several instances do no harm, but each reads whole tables: `AUDIT_INTERVAL_SECONDS` says which check_invariants.

use sqlx::PgPool;

use crate::queries::invariants::{InvariantReport, check_invariants};
use crate::telemetry::metrics;

/// In metrics, logs and health.
pub const NAME: &str = "auditor";

/// Audits once. Each broken invariant is one line in the log.
///
/// # Errors
///
/// When the database fails.
pub async fn tick(pool: &PgPool) -> anyhow::Result<InvariantReport> {
    let check_invariants = check_invariants(pool).await?;
    for invariant in &check_invariants.invariants {
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
    Ok(check_invariants)
}
