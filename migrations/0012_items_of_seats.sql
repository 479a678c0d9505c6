-- Items of named seats, and what the journal says about seats.
-- No seat is in two items of a hold because the item's ticket type draws from the seat's pool and a request's seats are
-- told apart; that no seat is in two holds is what the seat rows are for.
ALTER TABLE items
    ADD COLUMN seat_ids integer[] -- absent: general admission
        CONSTRAINT items_one_seat_each CHECK (cardinality(seat_ids) = quantity);

-- The items that a hold was placed with, kept when they change for the first time: a repeat of the request that placed
-- the hold is answered as the first time.
CREATE TABLE placed_items (
    hold_id uuid NOT NULL,
    ticket_type_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    quantity integer NOT NULL
        CONSTRAINT placed_items_quantity_positive CHECK (quantity > 0),
    unit_price bigint NOT NULL
        CONSTRAINT placed_items_unit_price_not_negative CHECK (unit_price >= 0),
    seat_ids integer[],
    CONSTRAINT placed_items_pkey PRIMARY KEY (hold_id, ticket_type_id)
);

ALTER TABLE journal
    ADD COLUMN blocked_delta integer NOT NULL DEFAULT 0,
    ADD COLUMN seat_ids integer[], -- the seats of the pool that changed their state
    DROP CONSTRAINT journal_kind_known,
    ADD CONSTRAINT journal_kind_known CHECK (kind IN (
        'pool_opened', 'pool_resized',
        'hold_placed', 'hold_changed', 'hold_extended', 'hold_released', 'hold_expired', 'hold_booked',
        'booking_cancelled', 'event_amended', 'places_blocked', 'places_unblocked')),
    DROP CONSTRAINT journal_deltas_have_a_pool,
    ADD CONSTRAINT journal_deltas_have_a_pool CHECK (
        pool_id IS NOT NULL
        OR (capacity_delta = 0 AND held_delta = 0 AND booked_delta = 0 AND blocked_delta = 0 AND seat_ids IS NULL));
