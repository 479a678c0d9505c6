-- Events: what is on, where, when, and on which terms it is sold.
-- Rarely written and never locked on a request path: the row that serialises an event's inventory is `inventory`.
CREATE TABLE events (
    event_id uuid CONSTRAINT events_pkey PRIMARY KEY,
    name text NOT NULL
        CONSTRAINT events_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    description text
        CONSTRAINT events_description_length CHECK (char_length(description) <= 5000),
    venue_name text
        CONSTRAINT events_venue_name_length CHECK (char_length(venue_name) BETWEEN 1 AND 200),
    status text NOT NULL
        CONSTRAINT events_status_known CHECK (status IN ('draft', 'on_sale', 'closed', 'cancelled')),
    starts_at timestamptz,
    ends_at timestamptz,
    time_zone text NOT NULL, -- IANA name
    currency text -- ISO 4217; absent while every ticket type is free
        CONSTRAINT events_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
    hold_ttl_seconds integer -- absent: the service's default
        CONSTRAINT events_hold_ttl_range CHECK (hold_ttl_seconds BETWEEN 10 AND 900),
    max_quantity_per_hold integer -- absent: the service's maximum
        CONSTRAINT events_max_quantity_range CHECK (max_quantity_per_hold >= 1),
    sale_starts_at timestamptz,
    sale_ends_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT events_end_after_start CHECK (ends_at > starts_at),
    CONSTRAINT events_sale_end_after_start CHECK (sale_ends_at > sale_starts_at)
);

-- The order of the listing: by start, events without a date last, the id as the tie-break of the cursor.
CREATE INDEX events_by_start ON events (coalesce(starts_at, 'infinity'), event_id);
