//! Name and definition of every constraint and unique index of migrations/.
//!
//! They guarantee, below the code, that nothing is oversold. Code that maps a violation to a response uses these names.
//! A server does not start if one is missing, not validated, invalid, or has another definition.

mod names;

pub use names::*;

/// Kind of a constraint, from the database's catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Check,
    /// A primary key, a unique constraint, or a unique index without one.
    Unique,
    ForeignKey,
}

impl Kind {
    /// Name for messages, and the value of [`super::enforced::Enforced::kind`].
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
    /// Checked expression, unique columns (and for which rows), or reference, as PostgreSQL prints it.
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

/// All constraints and unique indexes that a database must have, in the order of migrations/. A test compares the list
/// with a migrated database.
pub const CONTRACT: &[Constraint] = &[
    unique("events", EVENTS_PKEY, "event_id"),
    check("events", EVENTS_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 200"),
    check("events", EVENTS_DESCRIPTION_LENGTH, "char_length(description) <= 5000"),
    check("events", EVENTS_VENUE_NAME_LENGTH, "char_length(venue_name) >= 1 AND char_length(venue_name) <= 200"),
    check("events", EVENTS_IMAGE_URL_HTTPS, "image_url ~~ 'https://%' AND char_length(image_url) <= 2048"),
    check("events", EVENTS_STATUS_KNOWN, "status = ANY (ARRAY['draft', 'on_sale', 'closed', 'cancelled'])"),
    check("events", EVENTS_CURRENCY_SHAPE, "currency ~ '^[A-Z]{3}$'"),
    check("events", EVENTS_HOLD_TTL_RANGE, "hold_ttl_seconds >= 10 AND hold_ttl_seconds <= 900"),
    check("events", EVENTS_MAX_QUANTITY_RANGE, "max_quantity_per_hold >= 1"),
    check("events", EVENTS_END_AFTER_START, "ends_at > starts_at"),
    check("events", EVENTS_SALE_END_AFTER_START, "sale_ends_at > sale_starts_at"),
    foreign_key("events", EVENTS_SERIES_FKEY, "FOREIGN KEY (series_id) REFERENCES series (series_id)"),
    foreign_key(
        "events",
        EVENTS_LAYOUT_FKEY,
        "FOREIGN KEY (venue_id, layout_version) REFERENCES layouts (venue_id, version)",
    ),
    check("events", EVENTS_LAYOUT_WHOLE, "(venue_id IS NULL) = (layout_version IS NULL)"),
    unique("pools", POOLS_PKEY, "pool_id"),
    foreign_key("pools", POOLS_EVENT_FKEY, "FOREIGN KEY (event_id) REFERENCES events (event_id) ON DELETE CASCADE"),
    check("pools", POOLS_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 100"),
    check("pools", POOLS_CAPACITY_RANGE, "capacity >= 0 AND capacity <= 10000000"),
    check("pools", POOLS_HELD_NOT_NEGATIVE, "held >= 0"),
    check("pools", POOLS_BOOKED_NOT_NEGATIVE, "booked >= 0"),
    check("pools", POOLS_BLOCKED_NOT_NEGATIVE, "blocked >= 0"),
    check("pools", POOLS_NEVER_OVERSOLD, "held + booked + blocked <= capacity"),
    check("pools", POOLS_SEATS_IN_A_SECTION, "section IS NOT NULL OR NOT seated"),
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
    check("items", ITEMS_ONE_SEAT_EACH, "cardinality(seat_ids) = quantity"),
    unique("bookings", BOOKINGS_PKEY, "booking_id"),
    unique("bookings", BOOKINGS_HOLD_UNIQUE, "hold_id"),
    check("bookings", BOOKINGS_STATUS_KNOWN, "status = ANY (ARRAY['confirmed', 'cancelled'])"),
    check("bookings", BOOKINGS_PAYMENT_KNOWN, "payment = 'not_required'"),
    check("bookings", BOOKINGS_CONFIRMED_UNTIL_CANCELLED, "(status = 'cancelled') = (cancelled_at IS NOT NULL)"),
    unique("journal", JOURNAL_PKEY, "event_id, seq"),
    check(
        "journal",
        JOURNAL_KIND_KNOWN,
        "kind = ANY (ARRAY['pool_opened', 'pool_resized', 'hold_placed', 'hold_changed', 'hold_extended', \
         'hold_released', 'hold_expired', 'hold_booked', 'booking_cancelled', 'event_amended', 'places_blocked', \
         'places_unblocked'])",
    ),
    check(
        "journal",
        JOURNAL_DELTAS_HAVE_A_POOL,
        "pool_id IS NOT NULL OR (capacity_delta = 0 AND held_delta = 0 AND booked_delta = 0 AND blocked_delta = 0 \
         AND seat_ids IS NULL)",
    ),
    unique("idempotency_keys", IDEMPOTENCY_KEYS_PKEY, "idempotency_key"),
    unique("venues", VENUES_PKEY, "venue_id"),
    check("venues", VENUES_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 200"),
    check("venues", VENUES_ADDRESS_LENGTH, "char_length(address) >= 1 AND char_length(address) <= 500"),
    check("venues", VENUES_LAYOUT_VERSION_POSITIVE, "layout_version >= 1"),
    unique("layouts", LAYOUTS_PKEY, "venue_id, version"),
    foreign_key("layouts", LAYOUTS_VENUE_FKEY, "FOREIGN KEY (venue_id) REFERENCES venues (venue_id) ON DELETE CASCADE"),
    check("layouts", LAYOUTS_VERSION_POSITIVE, "version >= 1"),
    check("layouts", LAYOUTS_SEAT_COUNT_NOT_NEGATIVE, "seat_count >= 0"),
    unique("layout_sections", LAYOUT_SECTIONS_PKEY, "venue_id, version, section"),
    foreign_key(
        "layout_sections",
        LAYOUT_SECTIONS_LAYOUT_FKEY,
        "FOREIGN KEY (venue_id, version) REFERENCES layouts (venue_id, version) ON DELETE CASCADE",
    ),
    check("layout_sections", LAYOUT_SECTIONS_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 100"),
    check("layout_sections", LAYOUT_SECTIONS_CAPACITY_RANGE, "capacity >= 0 AND capacity <= 10000000"),
    check("layout_sections", LAYOUT_SECTIONS_ROW_COUNT_POSITIVE, "row_count >= 1"),
    unique("layout_sections", LAYOUT_SECTIONS_NAME_UNIQUE, "venue_id, version, name"),
    unique("layout_seats", LAYOUT_SEATS_PKEY, "venue_id, version, seat_id"),
    check("layout_seats", LAYOUT_SEATS_ROW_LENGTH, "char_length(row_label) >= 1 AND char_length(row_label) <= 10"),
    check(
        "layout_seats",
        LAYOUT_SEATS_NUMBER_LENGTH,
        "char_length(seat_number) >= 1 AND char_length(seat_number) <= 10",
    ),
    check("layout_seats", LAYOUT_SEATS_ATTRIBUTES_NOT_NEGATIVE, "attributes >= 0"),
    unique("layout_seats", LAYOUT_SEATS_PLACE_UNIQUE, "venue_id, version, section, row_label, seat_number"),
    unique("series", SERIES_PKEY, "series_id"),
    check("series", SERIES_NAME_LENGTH, "char_length(name) >= 1 AND char_length(name) <= 200"),
    check("series", SERIES_DESCRIPTION_LENGTH, "char_length(description) <= 5000"),
    unique("seats", SEATS_PKEY, "event_id, seat_id"),
    check("seats", SEATS_STATE_KNOWN, "state = ANY (ARRAY['available', 'held', 'booked', 'blocked'])"),
    check("seats", SEATS_TAKEN_BY_A_HOLD, "(state = ANY (ARRAY['held', 'booked'])) = (hold_id IS NOT NULL)"),
    check("seats", SEATS_BLOCKED_BY_A_BLOCK, "(state = 'blocked') = (block_id IS NOT NULL)"),
    unique("placed_items", PLACED_ITEMS_PKEY, "hold_id, ticket_type_id"),
    check("placed_items", PLACED_ITEMS_QUANTITY_POSITIVE, "quantity > 0"),
    check("placed_items", PLACED_ITEMS_UNIT_PRICE_NOT_NEGATIVE, "unit_price >= 0"),
    unique("blocks", BLOCKS_PKEY, "event_id, block_id, pool_id"),
    check("blocks", BLOCKS_QUANTITY_POSITIVE, "quantity > 0"),
    check("blocks", BLOCKS_REASON_LENGTH, "char_length(reason) >= 1 AND char_length(reason) <= 200"),
];
