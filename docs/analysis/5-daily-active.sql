-- Distinct persons who did something, by day (UTC): in each service, and in all of them under 'all'.
CREATE OR REPLACE VIEW daily_active AS
SELECT
  event_time::DATE AS day,
  CASE WHEN GROUPING(service_name) = 1 THEN 'all' ELSE service_name END AS service_name,
  count(DISTINCT person) AS persons,
  count(*) AS events
FROM person_events
WHERE event_type IN ('behavioral', 'active') AND event_time IS NOT NULL
GROUP BY GROUPING SETS ((event_time::DATE, service_name), (event_time::DATE));
