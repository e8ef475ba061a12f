import { byId, count, element } from "./elements.js";

const presets = {
  "What came in":
    "SELECT event_type, event_name, count(*) AS events, max(event_time) AS newest\nFROM unique_events GROUP BY ALL ORDER BY events DESC",
  "Who was there": "SELECT * FROM persons ORDER BY last_seen DESC",
  Sessions: "SELECT * FROM sessions ORDER BY started DESC",
  "Daily active": "SELECT * FROM daily_active ORDER BY day DESC, service_name",
  "What goes wrong": "SELECT * FROM errors ORDER BY events DESC",
  "One attribute":
    "SELECT event_time, event_name, event ->> 'method' AS method\nFROM unique_events WHERE (event ->> 'method') IS NOT NULL ORDER BY event_time DESC LIMIT 50",
};

export function startQuery({ available, topic }) {
  if (!available) {
    byId("query-form").hidden = true;
    byId("presets").hidden = true;
    const missing = byId("query-missing");
    missing.hidden = false;
    missing.textContent =
      topic === undefined
        ? "Questions in SQL need DuckDB: npm install @duckdb/node-api beside @activity/intake, and start again."
        : "Events are in Kafka: they can be asked where they are kept in the end.";
    return;
  }
  const sql = byId("sql");
  const choice = byId("presets");
  choice.append(...Object.keys(presets).map((name) => element("option", {}, name)));
  sql.value = presets[choice.value];
  choice.addEventListener("change", () => {
    sql.value = presets[choice.value];
    void run();
  });
  sql.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void run();
  });
  byId("query-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
}

async function run() {
  const place = byId("query-result");
  const status = byId("query-status");
  status.textContent = "asking …";
  const started = performance.now();
  try {
    const response = await fetch("query", { method: "POST", body: byId("sql").value });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail);
    place.replaceChildren(table(answer));
    const seconds = ((performance.now() - started) / 1_000).toFixed(2);
    status.textContent = `${count(answer.rows.length)} row(s)${answer.cut ? ", and there are more" : ""} in ${seconds} s`;
  } catch (error) {
    place.replaceChildren(element("pre", { class: "failure" }, error.message));
    status.textContent = "";
  }
  place.hidden = false;
}

function table({ columns, rows }) {
  const numeric = columns.map(({ type }) => /INT|DOUBLE|DECIMAL|FLOAT/.test(type));
  return element(
    "table",
    { class: "result" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...columns.map(({ name, type }, at) =>
          element("th", { scope: "col", title: type, class: numeric[at] ? "number" : undefined }, name),
        ),
      ),
    ),
    element(
      "tbody",
      {},
      ...rows.map((row) =>
        element(
          "tr",
          {},
          ...row.map((value, at) =>
            element("td", { class: numeric[at] ? "number" : undefined }, cell(value)),
          ),
        ),
      ),
    ),
  );
}

function cell(value) {
  if (value === null) return element("span", { class: "quiet" }, "–");
  if (Array.isArray(value)) return value.join(", ");
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
