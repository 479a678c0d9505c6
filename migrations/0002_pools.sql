-- Pools: the counters of an event's capacity. They are the truth that cannot be oversold.
-- The counters change with every batch, so no index covers them and the pages keep room for new row versions (HOT).
CREATE TABLE pools (
    pool_id uuid CONSTRAINT pools_pkey PRIMARY KEY,
    event_id uuid NOT NULL
        CONSTRAINT pools_event_fkey REFERENCES events ON DELETE CASCADE,
    position smallint NOT NULL, -- order within the event, from 0
    name text NOT NULL
        CONSTRAINT pools_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    capacity integer NOT NULL
        CONSTRAINT pools_capacity_range CHECK (capacity BETWEEN 0 AND 10000000),
    held integer NOT NULL DEFAULT 0
        CONSTRAINT pools_held_not_negative CHECK (held >= 0),
    booked integer NOT NULL DEFAULT 0
        CONSTRAINT pools_booked_not_negative CHECK (booked >= 0),
    CONSTRAINT pools_never_oversold CHECK (held + booked <= capacity),
    CONSTRAINT pools_name_unique UNIQUE (event_id, name)
) WITH (fillfactor = 50);
