-- Inventory: the one row per event that every batch locks, before it reads anything that it decides on.
-- Narrow, with no foreign key pointing at it and no index on what changes: each batch writes it once, as a HOT update.
-- The tallies ride along because the row is written anyway; they spare the metrics a count over growing tables.
CREATE TABLE inventory (
    event_id uuid CONSTRAINT inventory_pkey PRIMARY KEY
        CONSTRAINT inventory_event_fkey REFERENCES events ON DELETE CASCADE,
    seq bigint NOT NULL -- of the event's last journal entry
        CONSTRAINT inventory_seq_not_negative CHECK (seq >= 0),
    active_holds bigint NOT NULL DEFAULT 0
        CONSTRAINT inventory_active_holds_not_negative CHECK (active_holds >= 0),
    expired_holds bigint NOT NULL DEFAULT 0
        CONSTRAINT inventory_expired_holds_not_negative CHECK (expired_holds >= 0),
    bookings bigint NOT NULL DEFAULT 0 -- confirmed, not cancelled
        CONSTRAINT inventory_bookings_not_negative CHECK (bookings >= 0)
) WITH (fillfactor = 20);
