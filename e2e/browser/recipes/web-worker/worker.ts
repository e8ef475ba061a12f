import { createBrowserClient } from "@activity/browser";

// A worker's events wait in its memory alone, so it sends them before it ends.
const activity = createBrowserClient({
  url: "/v1/events",
  service: { name: "import-worker" },
  consent: "granted",
  onProblem: () => undefined,
});

const rows = Array.from({ length: 1_000 }, (_, n) => n);
activity.track("rows_read", { rows: rows.length });
void activity.flush().then(() => postMessage({ name: "import_end", attributes: { rows: rows.length } }));
