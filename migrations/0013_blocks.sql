-- Blocks: what an organiser keeps back, and why (house seats, kills). A block of seats is named by its seat rows; one of
-- general admission is a quantity. A row for each pool that it keeps something of.
CREATE TABLE blocks (
    block_id uuid NOT NULL,
    event_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    quantity integer NOT NULL -- of seats, or of places
        CONSTRAINT blocks_quantity_positive CHECK (quantity > 0),
    reason text NOT NULL
        CONSTRAINT blocks_reason_length CHECK (char_length(reason) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT blocks_pkey PRIMARY KEY (event_id, block_id, pool_id)
);
