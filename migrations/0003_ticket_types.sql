-- Ticket types: what is sold. Several may draw from one pool (adult, child).
CREATE TABLE ticket_types (
    ticket_type_id uuid CONSTRAINT ticket_types_pkey PRIMARY KEY,
    event_id uuid NOT NULL
        CONSTRAINT ticket_types_event_fkey REFERENCES events ON DELETE CASCADE,
    pool_id uuid NOT NULL
        CONSTRAINT ticket_types_pool_fkey REFERENCES pools ON DELETE CASCADE,
    position smallint NOT NULL, -- order within the event, from 0
    name text NOT NULL
        CONSTRAINT ticket_types_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    price bigint NOT NULL -- minor units of the event's currency
        CONSTRAINT ticket_types_price_not_negative CHECK (price >= 0),
    min_quantity integer -- per hold; absent: 1
        CONSTRAINT ticket_types_min_quantity_range CHECK (min_quantity >= 1),
    max_quantity integer -- per hold; absent: the event's maximum
        CONSTRAINT ticket_types_max_quantity_range CHECK (max_quantity >= 1),
    CONSTRAINT ticket_types_min_below_max CHECK (min_quantity <= max_quantity),
    CONSTRAINT ticket_types_name_unique UNIQUE (event_id, name)
);

CREATE INDEX ticket_types_by_pool ON ticket_types (pool_id);
