import { createBrowserClient } from "@activity/browser";

const activity = createBrowserClient({
  url: "/v1/events",
  service: { name: "import-ui" },
  consent: "granted",
});
const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });

// A worker has no visit of its own: it says what happened, and its page records it.
worker.addEventListener("message", ({ data }: MessageEvent<{ name: string; attributes: object }>) => {
  activity.track(data.name, { ...data.attributes });
  const state = document.getElementById("state");
  if (state !== null) state.textContent = "done";
});
