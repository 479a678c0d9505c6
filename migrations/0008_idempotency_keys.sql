-- Answers kept for repeats of writes other than holds and bookings (those find their own rows again).
-- Written in the same transaction as the effect, so key and effect exist together or not at all.
CREATE TABLE idempotency_keys (
    idempotency_key uuid CONSTRAINT idempotency_keys_pkey PRIMARY KEY,
    fingerprint bytea NOT NULL, -- SHA-256 of the route and body
    status integer NOT NULL, -- HTTP
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
