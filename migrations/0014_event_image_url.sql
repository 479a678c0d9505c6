-- The address of an event's picture, for shop windows and listings. The service stores the address only; a browser
-- loads the picture. Only https, because a page that is served by https may not show anything else, and because no other
-- scheme (javascript:, data:) may reach a page through this column.
-- Nullable and without a default, so that the release before this one can still insert events.
ALTER TABLE events
    ADD COLUMN image_url text
        CONSTRAINT events_image_url_https
            CHECK (image_url LIKE 'https://%' AND char_length(image_url) <= 2048);
