-- Venues: the places where events happen, and their layouts. A layout is immutable: an event keeps the version that it
-- was sold with, so that the seat on a ticket stays where it was. A change of the venue's seating is another version.
CREATE TABLE venues (
    venue_id uuid CONSTRAINT venues_pkey PRIMARY KEY,
    name text NOT NULL
        CONSTRAINT venues_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    address text
        CONSTRAINT venues_address_length CHECK (char_length(address) BETWEEN 1 AND 500),
    layout_version integer NOT NULL -- the newest
        CONSTRAINT venues_layout_version_positive CHECK (layout_version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The order of the listing: by name whatever its case, the id as the tie-break of the cursor.
CREATE INDEX venues_by_name ON venues (lower(name), venue_id);

CREATE TABLE layouts (
    venue_id uuid NOT NULL
        CONSTRAINT layouts_venue_fkey REFERENCES venues ON DELETE CASCADE,
    version integer NOT NULL
        CONSTRAINT layouts_version_positive CHECK (version >= 1),
    focal_x integer NOT NULL, -- centimetres, what people come to look at
    focal_y integer NOT NULL,
    seat_count integer NOT NULL
        CONSTRAINT layouts_seat_count_not_negative CHECK (seat_count >= 0),
    created_at timestamptz NOT NULL,
    CONSTRAINT layouts_pkey PRIMARY KEY (venue_id, version)
);

CREATE TABLE layout_sections (
    venue_id uuid NOT NULL,
    version integer NOT NULL,
    section smallint NOT NULL, -- order within the layout, from 0
    name text NOT NULL
        CONSTRAINT layout_sections_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    capacity integer NOT NULL -- its seats, or the places of general admission
        CONSTRAINT layout_sections_capacity_range CHECK (capacity BETWEEN 0 AND 10000000),
    row_count integer -- absent: general admission
        CONSTRAINT layout_sections_row_count_positive CHECK (row_count >= 1),
    CONSTRAINT layout_sections_pkey PRIMARY KEY (venue_id, version, section),
    CONSTRAINT layout_sections_name_unique UNIQUE (venue_id, version, name),
    CONSTRAINT layout_sections_layout_fkey FOREIGN KEY (venue_id, version) REFERENCES layouts ON DELETE CASCADE
);

-- No foreign key: it would be looked up 20,000 times when a layout is written, in the transaction that wrote what it finds.
-- seat_id is what everything else calls a seat by; it never changes within a version.
CREATE TABLE layout_seats (
    venue_id uuid NOT NULL,
    version integer NOT NULL,
    seat_id integer NOT NULL, -- order within the layout, from 0: section by section, row by row, along the row
    section smallint NOT NULL,
    row_label text NOT NULL
        CONSTRAINT layout_seats_row_length CHECK (char_length(row_label) BETWEEN 1 AND 10),
    seat_number text NOT NULL
        CONSTRAINT layout_seats_number_length CHECK (char_length(seat_number) BETWEEN 1 AND 10),
    x integer NOT NULL, -- centimetres, along the rows
    y integer NOT NULL, -- centimetres, away from the stage
    attributes smallint NOT NULL -- a set of bits, see domain/seating/attributes.rs
        CONSTRAINT layout_seats_attributes_not_negative CHECK (attributes >= 0),
    CONSTRAINT layout_seats_pkey PRIMARY KEY (venue_id, version, seat_id),
    CONSTRAINT layout_seats_place_unique UNIQUE (venue_id, version, section, row_label, seat_number)
);
