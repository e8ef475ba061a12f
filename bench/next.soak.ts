/**
 * The app of `e2e/recipes/next-app` as Next builds and serves it: events under load, SIGTERM and SIGKILL in the middle of
 * it, and every event with a 2xx must be found in its files, once.
 */
import { countIds, scratchFolder } from "../e2e/intake/support/intake-process.ts";
import { startLoad } from "../e2e/intake/support/load.ts";
import { buildNextApp, startNext } from "../e2e/recipes/next-server.ts";
import { createReport } from "./support/report.ts";

const report = createReport({ kind: "soak", name: "next" });
const totals = { confirmed: 0, missing: 0, duplicated: 0 };
const began = performance.now();
await buildNextApp();
report.figure("seconds_to_build", (performance.now() - began) / 1_000);

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  for (const path of ["/v1/events", "/api/events"]) {
    const folder = scratchFolder();
    const next = await startNext({ command: "start", directory: folder.path });
    let told: Promise<void> | undefined;
    const load = startLoad({
      url: `${next.origin}${path}`,
      name: "next",
      clients: 4,
      batch: 10,
      onAnswer: ({ confirmed }) => {
        if (confirmed.size >= 2_000) told ??= next.stop(signal);
      },
    });
    try {
      await load.done;
      await (told ?? next.stop(signal));
      const found = await countIds(folder.path);
      totals.confirmed += load.confirmed.size;
      totals.missing += [...load.confirmed].filter((id) => !found.has(id)).length;
      totals.duplicated += [...found.values()].filter((count) => count > 1).length;
    } finally {
      await next.stop("SIGKILL");
      folder.remove();
    }
  }
}
report.note(`${totals.confirmed} events had a 202 when Next ended`);
report.figure("confirmed_events", totals.confirmed);
report.figure("confirmed_but_missing", totals.missing);
report.figure("duplicated", totals.duplicated);
report.end();
