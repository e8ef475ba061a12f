/** A user's command line: records events and ends as it is told, by its environment. Says how that went. */
import { writeSync } from "node:fs";
import { createCliClient } from "@activity/sink-intake/cli";

const { TRIAL_URL: url = "", TRIAL_EVENTS: events = "3", TRIAL_END: end = "close" } = process.env;
const { TRIAL_CLOSE_MS: closeMs } = process.env;
const activity = createCliClient({
  app: "trial",
  version: "1.0.0",
  intake: { url, writeKey: "wk_secret" },
  flusher: process.env["TRIAL_FLUSHER"] ?? true,
  ...(process.env["TRIAL_FETCH"] === undefined ? {} : { intake: { url, writeKey: "wk_secret", fetch } }),
});
for (let n = 1; n <= Number(events); n++) activity.track("command_step", { n });
if (end === "exit") process.exit(7);
if (end === "kill") process.kill(process.pid, "SIGKILL");
if (end === "close") void close();

async function close(): Promise<void> {
  const begunAt = performance.now();
  const ledger = await activity.close(closeMs === undefined ? {} : { timeoutMs: Number(closeMs) });
  writeSync(1, JSON.stringify({ ...ledger, closeMs: performance.now() - begunAt }));
}
