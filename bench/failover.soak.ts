/**
 * Three brokers, one of which is killed under load at a random moment: is everything that was acknowledged in the topic?
 * The same program over plain kafkajs is the control; it shows that this test can fail. At the end one broker hangs
 * until it is replaced, and each is restarted in turn, as an upgrade does.
 *
 * `--runs 10`, `--events 60000`, `--no-control`, `--idempotent` for the idempotent producer
 */
import { startKafkaCluster } from "../e2e/support/kafka-cluster.ts";
import type { FailoverResult } from "./support/failover-run.ts";
import { runFailover } from "./support/failover-run.ts";
import type { FailoverTarget, FailoverWriter } from "./support/failover-writer.ts";
import { createPlainWriter, createSinkWriter } from "./support/failover-writer.ts";
import { createReport } from "./support/report.ts";

const runs = optionOf("--runs", 10);
const events = optionOf("--events", 60_000);
const eventsASecond = 5_000;
const extras = [
  ["hang", "hangs", events],
  ["rolling_restart", "rolling restart", 200_000],
] as const;
const idempotent = process.argv.includes("--idempotent");
const openSink = (target: FailoverTarget): FailoverWriter => createSinkWriter(target, { idempotent });
const report = createReport({ kind: "soak", name: "failover" });
const cluster = await startKafkaCluster();
const ours: FailoverResult[] = [];
const control: FailoverResult[] = [];
try {
  for (let run = 0; run < runs; run++) {
    const trouble = run % 2 === 1 ? "restarted" : "stays dead";
    const plan = { events, eventsASecond, trouble, keyed: run % 4 >= 2 } as const;
    const what = `${plan.keyed ? "keyed" : "keyless"}, ${trouble}`;
    const result = await runFailover(cluster, { ...plan, name: `ours-${run}` }, openSink);
    ours.push(result);
    report.note(`run ${run + 1}, ${what}: ${lineOf(result)}`);
    if (process.argv.includes("--no-control")) continue;
    const plain = await runFailover(cluster, { ...plan, name: `control-${run}` }, createPlainWriter);
    control.push(plain);
    report.note(`control ${run + 1}, ${what}: ${lineOf(plain)}`);
  }
  for (const [name, trouble, count] of extras) {
    const plan = { name, events: count, eventsASecond, keyed: true, trouble };
    const result = await runFailover(cluster, plan, openSink);
    report.note(`${trouble}, keyed: ${lineOf(result)}`);
    report.figure(`${name}_missing`, result.missing);
    report.figure(`${name}_repeats`, result.repeats);
    report.figure(`${name}_out_of_order`, result.outOfOrder);
    report.figure(`${name}_slowest_write_s`, result.slowestMs / 1_000);
  }
} finally {
  await cluster.stop();
}

report.figure("runs", ours.length);
report.figure("events_a_run", events);
report.figure("acknowledged_but_missing", sumOf(ours, "missing"));
report.figure("not_acknowledged", events * ours.length - sumOf(ours, "acknowledged"));
report.figure("repeats", sumOf(ours, "repeats"));
report.figure("out_of_order_within_a_key", sumOf(ours, "outOfOrder"));
report.figure("slowest_write_s", Math.max(...ours.map(({ slowestMs }) => slowestMs / 1_000)));
report.figure("control_runs_with_loss", control.filter(({ missing }) => missing > 0).length);
report.figure("control_acknowledged_but_missing", sumOf(control, "missing"));
report.end();

function lineOf({ story, acknowledged, missing, repeats, outOfOrder, slowestMs }: FailoverResult): string {
  const counts = `${acknowledged} acknowledged, ${missing} missing, ${repeats} repeats, ${outOfOrder} out of order`;
  return `${story}: ${counts}, slowest write ${(slowestMs / 1_000).toFixed(1)} s`;
}

function sumOf(results: readonly FailoverResult[], figure: Exclude<keyof FailoverResult, "story">): number {
  return results.reduce((sum, result) => sum + result[figure], 0);
}

function optionOf(flag: string, otherwise: number): number {
  const index = process.argv.indexOf(flag);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
}
