-- Series: one production, many dates and places.
CREATE TABLE series (
    series_id uuid CONSTRAINT series_pkey PRIMARY KEY,
    name text NOT NULL
        CONSTRAINT series_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    description text
        CONSTRAINT series_description_length CHECK (char_length(description) <= 5000),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

ALTER TABLE events
    ADD COLUMN series_id uuid
        CONSTRAINT events_series_fkey REFERENCES series;

-- The order of a series' dates, as events_by_start has it for all events.
CREATE INDEX events_by_series ON events (series_id, coalesce(starts_at, 'infinity'), event_id)
    WHERE series_id IS NOT NULL;
