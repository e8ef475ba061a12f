/**
 * Kills the intake under load, over and over: every event with a 2xx must be found, once, and when everything is sent
 * again nothing may stand there twice. Odd runs keep events in files, even ones in the spool before a Kafka that does
 * not answer. `--runs N` (default 50) is for each signal.
 */
import { killIntakes } from "../e2e/intake/support/intake-process.ts";
import { tryKill } from "../e2e/intake/support/kill-trial.ts";
import { createReport } from "./support/report.ts";

const report = createReport({ kind: "soak", name: "intake-kill" });
const at = process.argv.indexOf("--runs");
const runs = at < 0 ? 50 : Number(process.argv[at + 1]);
const totals = { confirmed: 0, sent: 0, missing: 0, duplicated: 0, uncleanExits: 0 };

try {
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    for (let run = 1; run <= runs; run++) {
      const kept = run % 2 === 1 ? "files" : "spool";
      // Early, in the middle and late; one event a request and many.
      const after = 50 + Math.floor(Math.random() * 3_000);
      const batch = [1, 10, 100][run % 3] ?? 10;
      const result = await tryKill({ signal, kept, after, batch });
      totals.confirmed += result.confirmed;
      totals.sent += result.sent;
      totals.missing += result.missing.length;
      totals.duplicated += result.duplicated.length;
      if (signal === "SIGTERM" && result.exitCode !== 0) totals.uncleanExits++;
      if (result.missing.length + result.duplicated.length > 0)
        report.note(
          `${signal} ${kept} run ${run}: ${result.missing.length} missing, ${result.duplicated.length} twice: ${[...result.missing, ...result.duplicated].slice(0, 3).join(", ")}`,
        );
    }
    report.figure(`${signal.toLowerCase()}_runs`, runs);
  }
} finally {
  killIntakes();
}
report.note(`${totals.confirmed} events had a 202 when the intake died, of ${totals.sent} sent`);
report.figure("confirmed_but_missing", totals.missing);
report.figure("duplicated", totals.duplicated);
report.figure("sigterm_exits_other_than_0", totals.uncleanExits);
report.end();
