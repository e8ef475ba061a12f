-- Every stored line, as it stands in the files that the variable `files` names.
--
-- Only the envelope and the keys that all producers share become columns; everything else is asked for with
-- event ->> 'key'. Reading whole objects keeps that working where a column a key does not: a key that appears
-- late, thousands of different keys, a key that is a number here and a text there.
--
-- A line that is being written, or over which its writer died, is no JSON and is passed over.
CREATE OR REPLACE MACRO utc_time(text) AS
  TRY_CAST(replace(upper(text), ':60', ':59') AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
    + to_seconds(CASE WHEN contains(text, ':60') THEN 1 ELSE 0 END);

CREATE OR REPLACE VIEW events AS
SELECT
  json ->> '$.event_id' AS event_id,
  utc_time(json ->> '$.event_time') AS event_time,
  json ->> '$.event_type' AS event_type,
  json ->> '$.event_name' AS event_name,
  json ->> '$.service_name' AS service_name,
  json ->> '$.service_version' AS service_version,
  json ->> '$.user_id' AS user_id,
  json ->> '$.install_id' AS install_id,
  json ->> '$.client_id' AS client_id,
  json ->> '$.session_id' AS session_id,
  utc_time(json ->> '$.sent_at') AS sent_at,
  utc_time(json ->> '$.received_at') AS received_at,
  json AS event,
  filename AS file
FROM read_ndjson_objects(getvariable('files'), ignore_errors = true, filename = true)
WHERE (json ->> '$.event_id') IS NOT NULL;
