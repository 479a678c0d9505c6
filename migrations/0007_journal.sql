-- Journal: every inventory change, in order, per event. Append-only; the primary key makes a second entry with the same
-- number impossible, and the audit adds the deltas up to the pools' counters.
CREATE TABLE journal (
    event_id uuid NOT NULL,
    seq bigint NOT NULL, -- from 1, without gaps
    recorded_at timestamptz NOT NULL, -- the batch's time, read under the event's lock
    kind text NOT NULL
        CONSTRAINT journal_kind_known CHECK (kind IN (
            'pool_opened', 'pool_resized',
            'hold_placed', 'hold_extended', 'hold_released', 'hold_expired', 'hold_booked',
            'booking_cancelled', 'event_amended')),
    pool_id uuid, -- absent when no counter changed
    hold_id uuid,
    booking_id uuid,
    capacity_delta integer NOT NULL,
    held_delta integer NOT NULL,
    booked_delta integer NOT NULL,
    CONSTRAINT journal_pkey PRIMARY KEY (event_id, seq),
    CONSTRAINT journal_deltas_have_a_pool CHECK (
        pool_id IS NOT NULL OR (capacity_delta = 0 AND held_delta = 0 AND booked_delta = 0))
);
