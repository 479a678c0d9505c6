//! Names of the constraints and unique indexes of migrations/, by table.

pub const EVENTS_PKEY: &str = "events_pkey";
pub const EVENTS_NAME_LENGTH: &str = "events_name_length";
pub const EVENTS_DESCRIPTION_LENGTH: &str = "events_description_length";
pub const EVENTS_VENUE_NAME_LENGTH: &str = "events_venue_name_length";
pub const EVENTS_IMAGE_URL_HTTPS: &str = "events_image_url_https";
pub const EVENTS_STATUS_KNOWN: &str = "events_status_known";
pub const EVENTS_CURRENCY_SHAPE: &str = "events_currency_shape";
pub const EVENTS_HOLD_TTL_RANGE: &str = "events_hold_ttl_range";
pub const EVENTS_MAX_QUANTITY_RANGE: &str = "events_max_quantity_range";
pub const EVENTS_END_AFTER_START: &str = "events_end_after_start";
pub const EVENTS_SALE_END_AFTER_START: &str = "events_sale_end_after_start";
pub const EVENTS_SERIES_FKEY: &str = "events_series_fkey";
pub const EVENTS_LAYOUT_FKEY: &str = "events_layout_fkey";
pub const EVENTS_LAYOUT_WHOLE: &str = "events_layout_whole";

pub const POOLS_PKEY: &str = "pools_pkey";
pub const POOLS_EVENT_FKEY: &str = "pools_event_fkey";
pub const POOLS_NAME_LENGTH: &str = "pools_name_length";
pub const POOLS_CAPACITY_RANGE: &str = "pools_capacity_range";
pub const POOLS_HELD_NOT_NEGATIVE: &str = "pools_held_not_negative";
pub const POOLS_BOOKED_NOT_NEGATIVE: &str = "pools_booked_not_negative";
pub const POOLS_BLOCKED_NOT_NEGATIVE: &str = "pools_blocked_not_negative";
pub const POOLS_SEATS_IN_A_SECTION: &str = "pools_seats_in_a_section";
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
pub const ITEMS_ONE_SEAT_EACH: &str = "items_one_seat_each";

pub const BOOKINGS_PKEY: &str = "bookings_pkey";
pub const BOOKINGS_HOLD_UNIQUE: &str = "bookings_hold_unique";
pub const BOOKINGS_STATUS_KNOWN: &str = "bookings_status_known";
pub const BOOKINGS_PAYMENT_KNOWN: &str = "bookings_payment_known";
pub const BOOKINGS_CONFIRMED_UNTIL_CANCELLED: &str = "bookings_confirmed_until_cancelled";

pub const JOURNAL_PKEY: &str = "journal_pkey";
pub const JOURNAL_KIND_KNOWN: &str = "journal_kind_known";
pub const JOURNAL_DELTAS_HAVE_A_POOL: &str = "journal_deltas_have_a_pool";

pub const IDEMPOTENCY_KEYS_PKEY: &str = "idempotency_keys_pkey";

pub const VENUES_PKEY: &str = "venues_pkey";
pub const VENUES_NAME_LENGTH: &str = "venues_name_length";
pub const VENUES_ADDRESS_LENGTH: &str = "venues_address_length";
pub const VENUES_LAYOUT_VERSION_POSITIVE: &str = "venues_layout_version_positive";

pub const LAYOUTS_PKEY: &str = "layouts_pkey";
pub const LAYOUTS_VENUE_FKEY: &str = "layouts_venue_fkey";
pub const LAYOUTS_VERSION_POSITIVE: &str = "layouts_version_positive";
pub const LAYOUTS_SEAT_COUNT_NOT_NEGATIVE: &str = "layouts_seat_count_not_negative";

pub const LAYOUT_SECTIONS_PKEY: &str = "layout_sections_pkey";
pub const LAYOUT_SECTIONS_LAYOUT_FKEY: &str = "layout_sections_layout_fkey";
pub const LAYOUT_SECTIONS_NAME_LENGTH: &str = "layout_sections_name_length";
pub const LAYOUT_SECTIONS_CAPACITY_RANGE: &str = "layout_sections_capacity_range";
pub const LAYOUT_SECTIONS_ROW_COUNT_POSITIVE: &str = "layout_sections_row_count_positive";
pub const LAYOUT_SECTIONS_NAME_UNIQUE: &str = "layout_sections_name_unique";

pub const LAYOUT_SEATS_PKEY: &str = "layout_seats_pkey";
pub const LAYOUT_SEATS_ROW_LENGTH: &str = "layout_seats_row_length";
pub const LAYOUT_SEATS_NUMBER_LENGTH: &str = "layout_seats_number_length";
pub const LAYOUT_SEATS_ATTRIBUTES_NOT_NEGATIVE: &str = "layout_seats_attributes_not_negative";
pub const LAYOUT_SEATS_PLACE_UNIQUE: &str = "layout_seats_place_unique";

pub const SERIES_PKEY: &str = "series_pkey";
pub const SERIES_NAME_LENGTH: &str = "series_name_length";
pub const SERIES_DESCRIPTION_LENGTH: &str = "series_description_length";

pub const SEATS_PKEY: &str = "seats_pkey";
pub const SEATS_STATE_KNOWN: &str = "seats_state_known";
pub const SEATS_TAKEN_BY_A_HOLD: &str = "seats_taken_by_a_hold";
pub const SEATS_BLOCKED_BY_A_BLOCK: &str = "seats_blocked_by_a_block";

pub const PLACED_ITEMS_PKEY: &str = "placed_items_pkey";
pub const PLACED_ITEMS_QUANTITY_POSITIVE: &str = "placed_items_quantity_positive";
pub const PLACED_ITEMS_UNIT_PRICE_NOT_NEGATIVE: &str = "placed_items_unit_price_not_negative";

pub const BLOCKS_PKEY: &str = "blocks_pkey";
pub const BLOCKS_QUANTITY_POSITIVE: &str = "blocks_quantity_positive";
pub const BLOCKS_REASON_LENGTH: &str = "blocks_reason_length";
