/**
 * Is every event found that `track` returned for? `--kills N` (default 200) SIGKILLs at random points on one spool, with
 * torn lines among them; then one who merges what many commands left is killed at every change of the disk; then
 * `--runs N` (default 20) times 16 processes on one spool, 8 of them killed.
 */
import { createReport } from "./support/report.ts";
import { runSpoolKills } from "./support/spool-kills.ts";
import { runMergeKills } from "./support/spool-merge-kills.ts";
import { runSharedSpool } from "./support/spool-shared-runs.ts";

const report = createReport({ kind: "soak", name: "spool" });
const killed = await runSpoolKills({ kills: optionOf("--kills", 200) });
report.note(
  `one after the other: ${killed.recorded} events recorded, ${killed.repeats} sent again under their id`,
);
const merging = await runMergeKills();
report.note(
  `while merging: ${merging.kills} processes killed; ${merging.filesBefore} files become ${merging.filesAfter}`,
);
const shared = await runSharedSpool({ runs: optionOf("--runs", 20) });
report.note(`at once: ${shared.recorded} events recorded, ${shared.kills} processes killed`);
if (shared.missing.length > 0) report.note(`lost: ${shared.missing.slice(0, 10).join(", ")}`);
report.figure("kills", killed.kills + merging.kills + shared.kills);
report.figure("lost", killed.lost + merging.lost + shared.lost);
report.figure("unexplained_numbers", killed.unexplained);
report.figure("tails_not_proved", killed.openTails);
report.figure("torn_lines_not_counted", Math.abs(killed.torn - killed.tornCounted));
report.figure("torn_lines", killed.torn);
report.figure("merge_duplicated", merging.duplicated);
report.figure("shared_spool_runs", shared.runs);
report.figure("shared_spool_lost", shared.lost);
report.figure("shared_spool_duplicated", shared.duplicated);
report.end();

function optionOf(flag: string, otherwise: number): number {
  const index = process.argv.indexOf(flag);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
}
