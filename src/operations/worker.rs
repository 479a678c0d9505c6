//! The invariant checker: checks the invariants while the service runs, so that a breach is reported before a customer
//! finds it. Its name in metrics, logs and settings is `auditor`.
//!
//! It only reads. Several instances may run it, but each check reads whole tables; `AUDIT_INTERVAL_SECONDS=0` turns it
//! off in an instance.

use boxoffice_engine::invariants::{InvariantReport, check_invariants};
use boxoffice_engine::metrics;
use sqlx::PgPool;

/// Name of the worker in metrics, logs and health.
pub const NAME: &str = "auditor";

/// Checks every invariant once, sets the metrics and logs one line per broken invariant.
///
/// # Errors
/// When the database fails.
pub async fn tick(pool: &PgPool) -> anyhow::Result<InvariantReport> {
    let report = check_invariants(pool).await?;
    for invariant in &report.invariants {
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
    Ok(report)
}
