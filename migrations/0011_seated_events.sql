-- Seated events: an event names the layout that it is sold with. A section of the layout becomes a pool, or one pool per
-- price zone; a pool of seats has one seat row per place of its capacity.
ALTER TABLE events
    ADD COLUMN venue_id uuid,
    ADD COLUMN layout_version integer,
    ADD COLUMN orphans_refused boolean NOT NULL DEFAULT false, -- whether a selection by hand may leave single seats
    ADD CONSTRAINT events_layout_fkey FOREIGN KEY (venue_id, layout_version) REFERENCES layouts (venue_id, version),
    ADD CONSTRAINT events_layout_whole CHECK ((venue_id IS NULL) = (layout_version IS NULL));

ALTER TABLE pools
    ADD COLUMN section smallint, -- of the event's layout; absent: the pool belongs to no section
    ADD COLUMN seated boolean NOT NULL DEFAULT false, -- its places are rows of seats
    ADD COLUMN blocked integer NOT NULL DEFAULT 0 -- kept back by the organiser
        CONSTRAINT pools_blocked_not_negative CHECK (blocked >= 0),
    ADD CONSTRAINT pools_seats_in_a_section CHECK (section IS NOT NULL OR NOT seated),
    DROP CONSTRAINT pools_never_oversold,
    ADD CONSTRAINT pools_never_oversold CHECK (held + booked + blocked <= capacity);

-- A seat row is the truth about its seat: it names at most one hold, which may have become a booking. The state changes
-- with every command, so no index covers it and the pages keep room for new row versions (HOT).
CREATE TABLE seats (
    event_id uuid NOT NULL,
    seat_id integer NOT NULL, -- of the event's layout
    pool_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'available'
        CONSTRAINT seats_state_known CHECK (state IN ('available', 'held', 'booked', 'blocked')),
    hold_id uuid, -- whose it is, while it is held or booked
    block_id uuid, -- why it is blocked
    CONSTRAINT seats_pkey PRIMARY KEY (event_id, seat_id),
    CONSTRAINT seats_taken_by_a_hold CHECK ((state IN ('held', 'booked')) = (hold_id IS NOT NULL)),
    CONSTRAINT seats_blocked_by_a_block CHECK ((state = 'blocked') = (block_id IS NOT NULL))
) WITH (fillfactor = 50);
