-- One row an event_id. The intake drops repeats within its window; what comes later, or through another
-- instance, is stored under its old id. The first line stays; all lines of an id are the same event.
CREATE OR REPLACE VIEW unique_events AS
SELECT *
FROM events
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY received_at NULLS LAST, file) = 1;
