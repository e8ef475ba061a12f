import { createBrowserClient } from "@activity/browser";

// Code that is shared with pages may make a client here, too: without a page it does nothing.
const shared = createBrowserClient({ url: "/v1/events", service: { name: "import-ui" }, consent: "granted" });
shared.track("not_recorded");

const rows = Array.from({ length: 1_000 }, (_, n) => n);
postMessage({ name: "import_end", attributes: { rows: rows.length } });
