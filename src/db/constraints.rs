//! Every constraint and unique index of migrations/: its name, and what it guards.
//! They are the contract behind "cannot oversell": code that maps a violation to an answer uses these names, and a
//! server refuses to start where one is missing, not validated, not valid, or another than it was.

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

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "CHECK",
            Self::Unique => "unique index",
            Self::ForeignKey => "foreign key",
        }
    }
}

/// One constraint of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    pub table: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// What is checked, which columns are unique (and for which rows), or what is referred to, as PostgreSQL says it.
    pub definition: &'static str,
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {} of table {}", self.kind.as_str(), self.name, self.table)
    }
}

const fn check(table: &'static str, name: &'static str, definition: &'static str) -> Constraint {
    Constraint { table, name, kind: Kind::Check, definition }
}

const fn unique(table: &'static str, name: &'static str, definition: &'static str) -> Constraint {
    Constraint { table, name, kind: Kind::Unique, definition }
}

const fn foreign_key(table: &'static str, name: &'static str, definition: &'static str) -> Constraint {
    Constraint { table, name, kind: Kind::ForeignKey, definition }
}

/// The whole contract, in the order of migrations/. A test compares it with what the migrations create.
pub const CONTRACT: &[Constraint] = &[
    unique("events", EVENTS_PKEY, "event_id"),
    check("events", EVENTS_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 200"),
    check("events", EVENTS_DESCRIPTION_LENGTH, "char_length(description) <= 5000"),
    check("events", EVENTS_VENUE_NAME_LENGTH, "char_length(venue_name) >= 1 AND char_length(venue_name) <= 200"),
    check("events", EVENTS_STATUS_KNOWN, "status = ANY (ARRAY['draft', 'on_sale', 'closed', 'cancelled'])"),
    check("events", EVENTS_CURRENCY_SHAPE, "currency ~ '^[A-Z]{3}$'"),
    check("events", EVENTS_HOLD_TTL_RANGE, "hold_ttl_seconds >= 10 AND hold_ttl_seconds <= 900"),
    check("events", EVENTS_MAX_QUANTITY_RANGE, "max_quantity_per_hold >= 1"),
    check("events", EVENTS_END_AFTER_START, "ends_at > starts_at"),
    check("events", EVENTS_SALE_END_AFTER_START, "sale_ends_at > sale_starts_at"),
    unique("pools", POOLS_PKEY, "pool_id"),
    foreign_key("pools", POOLS_EVENT_FKEY, "FOREIGN KEY (event_id) REFERENCES events (event_id) ON DELETE CASCADE"),
    check("pools", POOLS_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 100"),
    check("pools", POOLS_CAPACITY_RANGE, "capacity >= 0 AND capacity <= 10000000"),
    check("pools", POOLS_HELD_NOT_NEGATIVE, "held >= 0"),
    check("pools", POOLS_BOOKED_NOT_NEGATIVE, "booked >= 0"),
    check("pools", POOLS_NEVER_OVERSOLD, "held + booked <= capacity"),
    unique("pools", POOLS_NAME_UNIQUE, "event_id, name"),
    unique("ticket_types", TICKET_TYPES_PKEY, "ticket_type_id"),
    foreign_key(
        "ticket_types",
        TICKET_TYPES_EVENT_FKEY,
        "FOREIGN KEY (event_id) REFERENCES events (event_id) ON DELETE CASCADE",
    ),
    foreign_key(
        "ticket_types",
        TICKET_TYPES_POOL_FKEY,
        "FOREIGN KEY (pool_id) REFERENCES pools (pool_id) ON DELETE CASCADE",
    ),
    check("ticket_types", TICKET_TYPES_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 100"),
    check("ticket_types", TICKET_TYPES_PRICE_NOT_NEGATIVE, "price >= 0"),
    check("ticket_types", TICKET_TYPES_MIN_QUANTITY_RANGE, "min_quantity >= 1"),
    check("ticket_types", TICKET_TYPES_MAX_QUANTITY_RANGE, "max_quantity >= 1"),
    check("ticket_types", TICKET_TYPES_MIN_BELOW_MAX, "min_quantity <= max_quantity"),
    unique("ticket_types", TICKET_TYPES_NAME_UNIQUE, "event_id, name"),
    unique("inventory", INVENTORY_PKEY, "event_id"),
    foreign_key(
        "inventory",
        INVENTORY_EVENT_FKEY,
        "FOREIGN KEY (event_id) REFERENCES events (event_id) ON DELETE CASCADE",
    ),
    check("inventory", INVENTORY_SEQ_NOT_NEGATIVE, "seq >= 0"),
    check("inventory", INVENTORY_ACTIVE_HOLDS_NOT_NEGATIVE, "active_holds >= 0"),
    check("inventory", INVENTORY_EXPIRED_HOLDS_NOT_NEGATIVE, "expired_holds >= 0"),
    check("inventory", INVENTORY_BOOKINGS_NOT_NEGATIVE, "bookings >= 0"),
    unique("holds", HOLDS_PKEY, "hold_id"),
    check("holds", HOLDS_STATUS_KNOWN, "status = ANY (ARRAY['active', 'booked', 'released', 'expired'])"),
    check("holds", HOLDS_QUANTITY_POSITIVE, "quantity > 0"),
    check("holds", HOLDS_TOTAL_NOT_NEGATIVE, "total >= 0"),
    check("holds", HOLDS_TTL_POSITIVE, "ttl_seconds > 0"),
    check("holds", HOLDS_EXTENSIONS_NOT_NEGATIVE, "extensions >= 0"),
    check("holds", HOLDS_EXPIRE_AFTER_CREATION, "expires_at > created_at"),
    check("holds", HOLDS_ACTIVE_UNTIL_ENDED, "(status = 'active') = (ended_at IS NULL)"),
    check("holds", HOLDS_FINGERPRINT_WITH_KEY, "(idempotency_key IS NULL) = (fingerprint IS NULL)"),
    unique("holds", HOLDS_IDEMPOTENCY_KEY_UNIQUE, "idempotency_key WHERE idempotency_key IS NOT NULL"),
    unique("items", ITEMS_PKEY, "hold_id, ticket_type_id"),
    check("items", ITEMS_QUANTITY_POSITIVE, "quantity > 0"),
    check("items", ITEMS_UNIT_PRICE_NOT_NEGATIVE, "unit_price >= 0"),
    unique("bookings", BOOKINGS_PKEY, "booking_id"),
    unique("bookings", BOOKINGS_HOLD_UNIQUE, "hold_id"),
    check("bookings", BOOKINGS_STATUS_KNOWN, "status = ANY (ARRAY['confirmed', 'cancelled'])"),
    check("bookings", BOOKINGS_PAYMENT_KNOWN, "payment = 'not_required'"),
    check("bookings", BOOKINGS_CONFIRMED_UNTIL_CANCELLED, "(status = 'cancelled') = (cancelled_at IS NOT NULL)"),
    unique("journal", JOURNAL_PKEY, "event_id, seq"),
    check(
        "journal",
        JOURNAL_KIND_KNOWN,
        "kind = ANY (ARRAY['pool_opened', 'pool_resized', 'hold_placed', 'hold_extended', 'hold_released', \
         'hold_expired', 'hold_booked', 'booking_cancelled', 'event_amended'])",
    ),
    check(
        "journal",
        JOURNAL_DELTAS_HAVE_A_POOL,
        "pool_id IS NOT NULL OR (capacity_delta = 0 AND held_delta = 0 AND booked_delta = 0)",
    ),
    unique("idempotency_keys", IDEMPOTENCY_KEYS_PKEY, "idempotency_key"),
];
