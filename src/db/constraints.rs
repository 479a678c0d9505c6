//! Every constraint and unique index of migrations/ by name, and whether a database still has them.
//! They are the contract behind "cannot oversell": code that maps a violation to an answer uses these names, and a
//! server refuses to start where one is missing, not validated, or not valid.

use std::collections::HashSet;

use sqlx::PgConnection;

pub const EVENTS_PKEY: &str = "events_pkey";
pub const EVENTS_NAME_LENGTH: &str = "events_name_length";
pub const EVENTS_DESCRIPTION_LENGTH: &str = "events_description_length";
pub const EVENTS_VENUE_NAME_LENGTH: &str = "events_venue_name_length";
pub const EVENTS_STATUS_KNOWN: &str = "events_status_known";
pub const EVENTS_CURRENCY_SHAPE: &str = "events_currency_shape";
pub const EVENTS_HOLD_TTL_RANGE: &str = "events_hold_ttl_range";
pub const EVENTS_MAX_QUANTITY_RANGE: &str = "events_max_quantity_range";
pub const EVENTS_END_AFTER_START: &str = "events_end_after_start";
pub const EVENTS_SALE_END_AFTER_START: &str = "events_sale_end_after_start";

pub const POOLS_PKEY: &str = "pools_pkey";
pub const POOLS_EVENT_FKEY: &str = "pools_event_fkey";
pub const POOLS_NAME_LENGTH: &str = "pools_name_length";
pub const POOLS_CAPACITY_RANGE: &str = "pools_capacity_range";
pub const POOLS_HELD_NOT_NEGATIVE: &str = "pools_held_not_negative";
pub const POOLS_BOOKED_NOT_NEGATIVE: &str = "pools_booked_not_negative";
pub const POOLS_NEVER_OVERSOLD: &str = "pools_never_oversold";
pub const POOLS_NAME_UNIQUE: &str = "pools_name_unique";

pub const TICKET_TYPES_PKEY: &str = "ticket_types_pkey";
pub const TICKET_TYPES_EVENT_FKEY: &str = "ticket_types_event_fkey";
pub const TICKET_TYPES_POOL_FKEY: &str = "ticket_types_pool_fkey";
pub const TICKET_TYPES_NAME_LENGTH: &str = "ticket_types_name_length";
pub const TICKET_TYPES_PRICE_NOT_NEGATIVE: &str = "ticket_types_price_not_negative";
pub const TICKET_TYPES_MIN_QUANTITY_RANGE: &str = "ticket_types_min_quantity_range";
pub const TICKET_TYPES_MAX_QUANTITY_RANGE: &str = "ticket_types_max_quantity_range";
pub const TICKET_TYPES_MIN_BELOW_MAX: &str = "ticket_types_min_below_max";
pub const TICKET_TYPES_NAME_UNIQUE: &str = "ticket_types_name_unique";

pub const INVENTORY_PKEY: &str = "inventory_pkey";
pub const INVENTORY_EVENT_FKEY: &str = "inventory_event_fkey";
pub const INVENTORY_SEQ_NOT_NEGATIVE: &str = "inventory_seq_not_negative";
pub const INVENTORY_ACTIVE_HOLDS_NOT_NEGATIVE: &str = "inventory_active_holds_not_negative";
pub const INVENTORY_EXPIRED_HOLDS_NOT_NEGATIVE: &str = "inventory_expired_holds_not_negative";
pub const INVENTORY_BOOKINGS_NOT_NEGATIVE: &str = "inventory_bookings_not_negative";

pub const HOLDS_PKEY: &str = "holds_pkey";
pub const HOLDS_STATUS_KNOWN: &str = "holds_status_known";
pub const HOLDS_QUANTITY_POSITIVE: &str = "holds_quantity_positive";
pub const HOLDS_TOTAL_NOT_NEGATIVE: &str = "holds_total_not_negative";
pub const HOLDS_TTL_POSITIVE: &str = "holds_ttl_positive";
pub const HOLDS_EXTENSIONS_NOT_NEGATIVE: &str = "holds_extensions_not_negative";
pub const HOLDS_EXPIRE_AFTER_CREATION: &str = "holds_expire_after_creation";
pub const HOLDS_ACTIVE_UNTIL_ENDED: &str = "holds_active_until_ended";
pub const HOLDS_FINGERPRINT_WITH_KEY: &str = "holds_fingerprint_with_key";
pub const HOLDS_IDEMPOTENCY_KEY_UNIQUE: &str = "holds_idempotency_key_unique";

pub const ITEMS_PKEY: &str = "items_pkey";
pub const ITEMS_QUANTITY_POSITIVE: &str = "items_quantity_positive";
pub const ITEMS_UNIT_PRICE_NOT_NEGATIVE: &str = "items_unit_price_not_negative";

pub const BOOKINGS_PKEY: &str = "bookings_pkey";
pub const BOOKINGS_HOLD_UNIQUE: &str = "bookings_hold_unique";
pub const BOOKINGS_STATUS_KNOWN: &str = "bookings_status_known";
pub const BOOKINGS_PAYMENT_KNOWN: &str = "bookings_payment_known";
pub const BOOKINGS_CONFIRMED_UNTIL_CANCELLED: &str = "bookings_confirmed_until_cancelled";

pub const JOURNAL_PKEY: &str = "journal_pkey";
pub const JOURNAL_KIND_KNOWN: &str = "journal_kind_known";
pub const JOURNAL_DELTAS_HAVE_A_POOL: &str = "journal_deltas_have_a_pool";

pub const IDEMPOTENCY_KEYS_PKEY: &str = "idempotency_keys_pkey";

/// What a name stands for, as the database's catalogue tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Check,
    /// A primary key, a unique constraint, or a unique index without one.
    Unique,
    ForeignKey,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Kind::Check => "CHECK",
            Kind::Unique => "unique index",
            Kind::ForeignKey => "foreign key",
        })
    }
}

/// One constraint of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    pub table: &'static str,
    pub name: &'static str,
    pub kind: Kind,
}

const fn check(table: &'static str, name: &'static str) -> Constraint {
    Constraint { table, name, kind: Kind::Check }
}

const fn unique(table: &'static str, name: &'static str) -> Constraint {
    Constraint { table, name, kind: Kind::Unique }
}

const fn foreign_key(table: &'static str, name: &'static str) -> Constraint {
    Constraint { table, name, kind: Kind::ForeignKey }
}

/// The whole contract, in the order of migrations/. A test compares it with what the migrations create.
pub const CONTRACT: &[Constraint] = &[
    unique("events", EVENTS_PKEY),
    check("events", EVENTS_NAME_LENGTH),
    check("events", EVENTS_DESCRIPTION_LENGTH),
    check("events", EVENTS_VENUE_NAME_LENGTH),
    check("events", EVENTS_STATUS_KNOWN),
    check("events", EVENTS_CURRENCY_SHAPE),
    check("events", EVENTS_HOLD_TTL_RANGE),
    check("events", EVENTS_MAX_QUANTITY_RANGE),
    check("events", EVENTS_END_AFTER_START),
    check("events", EVENTS_SALE_END_AFTER_START),
    unique("pools", POOLS_PKEY),
    foreign_key("pools", POOLS_EVENT_FKEY),
    check("pools", POOLS_NAME_LENGTH),
    check("pools", POOLS_CAPACITY_RANGE),
    check("pools", POOLS_HELD_NOT_NEGATIVE),
    check("pools", POOLS_BOOKED_NOT_NEGATIVE),
    check("pools", POOLS_NEVER_OVERSOLD),
    unique("pools", POOLS_NAME_UNIQUE),
    unique("ticket_types", TICKET_TYPES_PKEY),
    foreign_key("ticket_types", TICKET_TYPES_EVENT_FKEY),
    foreign_key("ticket_types", TICKET_TYPES_POOL_FKEY),
    check("ticket_types", TICKET_TYPES_NAME_LENGTH),
    check("ticket_types", TICKET_TYPES_PRICE_NOT_NEGATIVE),
    check("ticket_types", TICKET_TYPES_MIN_QUANTITY_RANGE),
    check("ticket_types", TICKET_TYPES_MAX_QUANTITY_RANGE),
    check("ticket_types", TICKET_TYPES_MIN_BELOW_MAX),
    unique("ticket_types", TICKET_TYPES_NAME_UNIQUE),
    unique("inventory", INVENTORY_PKEY),
    foreign_key("inventory", INVENTORY_EVENT_FKEY),
    check("inventory", INVENTORY_SEQ_NOT_NEGATIVE),
    check("inventory", INVENTORY_ACTIVE_HOLDS_NOT_NEGATIVE),
    check("inventory", INVENTORY_EXPIRED_HOLDS_NOT_NEGATIVE),
    check("inventory", INVENTORY_BOOKINGS_NOT_NEGATIVE),
    unique("holds", HOLDS_PKEY),
    check("holds", HOLDS_STATUS_KNOWN),
    check("holds", HOLDS_QUANTITY_POSITIVE),
    check("holds", HOLDS_TOTAL_NOT_NEGATIVE),
    check("holds", HOLDS_TTL_POSITIVE),
    check("holds", HOLDS_EXTENSIONS_NOT_NEGATIVE),
    check("holds", HOLDS_EXPIRE_AFTER_CREATION),
    check("holds", HOLDS_ACTIVE_UNTIL_ENDED),
    check("holds", HOLDS_FINGERPRINT_WITH_KEY),
    unique("holds", HOLDS_IDEMPOTENCY_KEY_UNIQUE),
    unique("items", ITEMS_PKEY),
    check("items", ITEMS_QUANTITY_POSITIVE),
    check("items", ITEMS_UNIT_PRICE_NOT_NEGATIVE),
    unique("bookings", BOOKINGS_PKEY),
    unique("bookings", BOOKINGS_HOLD_UNIQUE),
    check("bookings", BOOKINGS_STATUS_KNOWN),
    check("bookings", BOOKINGS_PAYMENT_KNOWN),
    check("bookings", BOOKINGS_CONFIRMED_UNTIL_CANCELLED),
    unique("journal", JOURNAL_PKEY),
    check("journal", JOURNAL_KIND_KNOWN),
    check("journal", JOURNAL_DELTAS_HAVE_A_POOL),
    unique("idempotency_keys", IDEMPOTENCY_KEYS_PKEY),
];

/// The constraints of [`CONTRACT`] that the database does not have, or has without enforcing them on every row.
///
/// # Errors
///
/// When the database does not answer.
pub async fn missing(connection: &mut PgConnection) -> sqlx::Result<Vec<Constraint>> {
    let present: HashSet<(String, String, String)> = present(connection).await?.into_iter().collect();
    let is_missing = |wanted: &&Constraint| {
        !present.contains(&(wanted.table.to_owned(), wanted.name.to_owned(), wanted.kind.to_string()))
    };
    Ok(CONTRACT.iter().filter(is_missing).copied().collect())
}

/// What is in force on our tables, as (table, name, kind). Also for the test that compares it with [`CONTRACT`].
///
/// # Errors
///
/// When the database does not answer.
pub async fn present(connection: &mut PgConnection) -> sqlx::Result<Vec<(String, String, String)>> {
    let rows = sqlx::query!(
        r#"
        SELECT relation.relname::text AS "table!", found.name AS "name!", found.kind AS "kind!"
        FROM (
            SELECT conrelid AS table_oid, conname::text AS name,
                CASE contype WHEN 'c' THEN 'CHECK' ELSE 'foreign key' END AS kind
            FROM pg_constraint
            WHERE contype IN ('c', 'f') AND convalidated
            UNION ALL
            SELECT indrelid, unique_index.relname::text, 'unique index'
            FROM pg_index
            JOIN pg_class AS unique_index ON unique_index.oid = indexrelid
            WHERE indisunique AND indisvalid AND indisready
        ) AS found
        JOIN pg_class AS relation ON relation.oid = found.table_oid
        WHERE relation.relnamespace = current_schema()::regnamespace
        ORDER BY 1, 2
        "#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.table, row.name, row.kind)).collect())
}
