//! The currencies of all events, for the report of `boxoffice migrate`.

use boxoffice_engine::db::column::parse_text;
use boxoffice_engine::money::Currency;
use sqlx::PgPool;

/// A currency and the number of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrencyUse {
    pub currency: Currency,
    pub events: i64,
}

/// The currencies that some event has, by code. Reads the whole table.
///
/// # Errors
/// The database failed.
pub async fn currencies(pool: &PgPool) -> sqlx::Result<Vec<CurrencyUse>> {
    let rows = sqlx::query!(
        r#"
        /* currencies */
        SELECT currency AS "currency!", count(*) AS "events!"
        FROM events
        WHERE currency IS NOT NULL
        GROUP BY currency
        ORDER BY currency
        "#,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let currency = parse_text("currency", &row.currency, Currency::parse)?;
            Ok(CurrencyUse { currency, events: row.events })
        })
        .collect()
}
