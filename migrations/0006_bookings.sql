-- Bookings: holds made permanent. A booking's items are its hold's items.
CREATE TABLE bookings (
    booking_id uuid CONSTRAINT bookings_pkey PRIMARY KEY,
    hold_id uuid NOT NULL
        CONSTRAINT bookings_hold_unique UNIQUE, -- at most one booking per hold, whatever the code believes
    event_id uuid NOT NULL,
    status text NOT NULL
        CONSTRAINT bookings_status_known CHECK (status IN ('confirmed', 'cancelled')),
    payment text NOT NULL -- how it was paid; nothing is charged until payments exist
        CONSTRAINT bookings_payment_known CHECK (payment IN ('not_required')),
    created_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    CONSTRAINT bookings_confirmed_until_cancelled CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
) WITH (fillfactor = 90);
