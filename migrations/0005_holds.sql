-- Holds and their items: temporary claims on capacity.
-- No foreign keys on purpose: each would lock the parent row once per insert, and the lock protocol allows one lock only
-- (the event's inventory row). The audit checks what the keys would have.
CREATE TABLE holds (
    hold_id uuid CONSTRAINT holds_pkey PRIMARY KEY,
    event_id uuid NOT NULL,
    status text NOT NULL
        CONSTRAINT holds_status_known CHECK (status IN ('active', 'booked', 'released', 'expired')),
    quantity integer NOT NULL -- sum of the items
        CONSTRAINT holds_quantity_positive CHECK (quantity > 0),
    total bigint NOT NULL -- minor units, fixed when placed
        CONSTRAINT holds_total_not_negative CHECK (total >= 0),
    currency text, -- ISO 4217; absent when free
    ttl_seconds integer NOT NULL -- what it was placed with, and what an extension adds
        CONSTRAINT holds_ttl_positive CHECK (ttl_seconds > 0),
    extensions integer NOT NULL DEFAULT 0
        CONSTRAINT holds_extensions_not_negative CHECK (extensions >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, -- half-open: at this instant the hold is expired
    ended_at timestamptz, -- when it was booked, released or expired
    idempotency_key uuid,
    fingerprint bytea, -- SHA-256 of the request that carried the key
    CONSTRAINT holds_expire_after_creation CHECK (expires_at > created_at),
    CONSTRAINT holds_active_until_ended CHECK ((status = 'active') = (ended_at IS NULL)),
    CONSTRAINT holds_fingerprint_with_key CHECK ((idempotency_key IS NULL) = (fingerprint IS NULL))
) WITH (fillfactor = 90);

-- Live holds by expiry: the sweeper's candidates, reclaim within a batch, and the `retry_at` of a refusal.
CREATE INDEX holds_active_by_expiry ON holds (event_id, expires_at) WHERE status = 'active';

CREATE UNIQUE INDEX holds_idempotency_key_unique ON holds (idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE items (
    hold_id uuid NOT NULL,
    ticket_type_id uuid NOT NULL,
    pool_id uuid NOT NULL, -- the ticket type's pool, so that counters can be checked without a join
    quantity integer NOT NULL
        CONSTRAINT items_quantity_positive CHECK (quantity > 0),
    unit_price bigint NOT NULL -- minor units, the ticket type's price when the hold was placed
        CONSTRAINT items_unit_price_not_negative CHECK (unit_price >= 0),
    CONSTRAINT items_pkey PRIMARY KEY (hold_id, ticket_type_id)
);
