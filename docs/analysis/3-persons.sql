-- Who did it: one person across command line, local UI and cloud.
--
-- An event with a user_id is that user's. One without belongs to the only user who was ever seen with its
-- install_id, else with its client_id. Where several users share a machine or a browser, nothing is guessed:
-- the event stays the machine's or the browser's own. Events of services, with none of the three, have no person.
CREATE OR REPLACE VIEW install_users AS
SELECT install_id, min(user_id) AS user_id
FROM unique_events
WHERE install_id IS NOT NULL AND user_id IS NOT NULL
GROUP BY install_id
HAVING count(DISTINCT user_id) = 1;

CREATE OR REPLACE VIEW client_users AS
SELECT client_id, min(user_id) AS user_id
FROM unique_events
WHERE client_id IS NOT NULL AND user_id IS NOT NULL
GROUP BY client_id
HAVING count(DISTINCT user_id) = 1;

CREATE OR REPLACE VIEW person_events AS
SELECT
  coalesce(
    'user:' || coalesce(unique_events.user_id, install_users.user_id, client_users.user_id),
    'install:' || unique_events.install_id,
    'client:' || unique_events.client_id
  ) AS person,
  unique_events.*
FROM unique_events
LEFT JOIN install_users USING (install_id)
LEFT JOIN client_users USING (client_id)
WHERE coalesce(unique_events.user_id, unique_events.install_id, unique_events.client_id) IS NOT NULL;

CREATE OR REPLACE VIEW persons AS
SELECT
  person,
  min(event_time) AS first_seen,
  max(event_time) AS last_seen,
  count(*) AS events,
  list_sort(list(DISTINCT service_name) FILTER (service_name IS NOT NULL)) AS services,
  count(DISTINCT install_id) AS installs,
  count(DISTINCT client_id) AS browsers
FROM person_events
GROUP BY person;
