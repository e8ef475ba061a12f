-- What goes wrong, and how many it meets: one row for each error of a service. Numbers and quoted parts of a
-- message are left out of the comparison, so that one fault with many names is one row.
CREATE OR REPLACE VIEW errors AS
WITH failures AS (
  SELECT
    *,
    coalesce(event ->> 'message', event ->> 'error_message', '') AS message,
    coalesce(event ->> 'screen_name', event ->> 'page_url') AS place
  FROM unique_events
  WHERE event_type = 'error'
)
SELECT
  service_name,
  event_name,
  regexp_replace(regexp_replace(message, '"[^"]*"|''[^'']*''', '…', 'g'), '\d+', '#', 'g') AS message_shape,
  count(*) AS events,
  count(DISTINCT coalesce(user_id, install_id, client_id)) AS people,
  min(event_time) AS first_seen,
  max(event_time) AS last_seen,
  list_sort(list(DISTINCT service_version) FILTER (service_version IS NOT NULL)) AS versions,
  any_value(message) AS example,
  any_value(place) AS example_place,
  any_value(event_id) AS example_id
FROM failures
GROUP BY ALL;
