-- Visits: what one person did in one service without a pause of 30 minutes, by the person's own clock.
-- Only what people do counts: a metric that a program sends at night is no visit.
CREATE OR REPLACE VIEW sessions AS
WITH moments AS (
  SELECT
    person, service_name, event_time, event_type, event_name, event,
    coalesce(event_time - lag(event_time) OVER visit > INTERVAL 30 MINUTES, true) AS begins
  FROM person_events
  WHERE event_type IN ('behavioral', 'active', 'error') AND event_time IS NOT NULL
  WINDOW visit AS (PARTITION BY person, service_name ORDER BY event_time)
),
numbered AS (
  SELECT *, sum(begins::INTEGER) OVER (
    PARTITION BY person, service_name ORDER BY event_time ROWS UNBOUNDED PRECEDING
  ) AS visit
  FROM moments
)
SELECT
  person,
  service_name,
  visit,
  min(event_time) AS started,
  max(event_time) AS ended,
  date_diff('second', min(event_time), max(event_time)) AS seconds,
  count(*) AS events,
  count(*) FILTER (event_type = 'error') AS errors,
  count(*) FILTER (event_name = 'page_view') AS page_views,
  arg_min(event_name, event_time) AS first_event,
  arg_max(event_name, event_time) AS last_event
FROM numbered
GROUP BY person, service_name, visit;
