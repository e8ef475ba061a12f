/**
 * A service that records whatever becomes of its broker: outages of 10, 20 and 60 s, a broker that stands still for
 * 30 s, and services with a spool that are killed. What it costs in memory, and whether every event is accounted for.
 */
import { defaultLimits } from "@activity/core";
import { startKafka } from "../e2e/support/kafka-broker.ts";
import { killUnderLoad, killWhileAway } from "./support/broker-kills.ts";
import type { OutagePlan, OutageResult } from "./support/broker-outage.ts";
import { runOutage } from "./support/broker-outage.ts";
import { createReport } from "./support/report.ts";

const plans: readonly OutagePlan[] = [
  { topic: "killed-10-s", outage: "SIGKILL", seconds: 10, eventsASecond: 5_000 },
  { topic: "still-30-s", outage: "SIGSTOP", seconds: 30, eventsASecond: 2_000 },
  { topic: "down-20-s", outage: "down at start", seconds: 20, eventsASecond: 5_000 },
  { topic: "killed-60-s", outage: "SIGKILL", seconds: 60, eventsASecond: 5_000 },
];
const kills = 10;
const bufferMb = defaultLimits.kafkaMemoryStore.bytes / 1_048_576;

const report = createReport({ kind: "soak", name: "kafka" });
const outages: OutageResult[] = [];
const broker = await startKafka();
try {
  for (const plan of plans) {
    const result = await runOutage(broker, plan);
    outages.push(result);
    report.note(`${plan.topic}, ${plan.eventsASecond} events/s: ${lineOf(result)}`);
  }
  const away = await killWhileAway(broker, kills);
  report.note(`${away.kills} services killed while Kafka was away: ${JSON.stringify(away)}`);
  const loaded = await killUnderLoad(broker, kills);
  report.note(`${loaded.kills} services killed under load: ${JSON.stringify(loaded)}`);
  report.figure("spool_lost_after_kill", away.lost + loaded.lost);
  report.figure("spool_kills", away.kills + loaded.kills);
  report.figure("spool_repeats", away.repeats + loaded.repeats);
} finally {
  await broker.stop();
}

report.figure(
  "outage_rss_growth_in_buffers",
  worst(({ rssOutageMb, ...result }) => growth(result, rssOutageMb)),
);
// What V8 lets its young generation grow to at full speed, in an outage or not; `--max-semi-space-size` bounds it.
report.figure(
  "recovery_rss_growth_in_buffers",
  worst(({ rssRecoveryMb, ...result }) => growth(result, rssRecoveryMb)),
);
report.figure("outage_unreported_drops", sumOf("unreportedDrops"));
report.figure("outage_lost", sumOf("lost"));
report.figure("outage_billing_dropped", sumOf("billingDropped"));
report.figure("outage_repeats", sumOf("repeats"));
report.figure(
  "slowest_call_cpu_ms",
  worst(({ slowestCallMs }) => slowestCallMs),
);
report.figure("negative_timeout_warnings", sumOf("negativeTimeoutWarnings"));
report.figure("unhandled_rejections", sumOf("unhandledRejections"));
report.figure("console_lines", sumOf("lines"));
report.end();

function growth({ rssBeforeMb }: Pick<OutageResult, "rssBeforeMb">, rssMb: number): number {
  return (rssMb - rssBeforeMb) / bufferMb;
}

function worst(of: (result: OutageResult) => number): number {
  return Math.max(...outages.map(of));
}

function sumOf(figure: keyof OutageResult): number {
  return outages.reduce((sum, result) => sum + result[figure], 0);
}

function lineOf(result: OutageResult): string {
  const { recorded, delivered, dropped, unreportedDrops, lost, repeats } = result;
  const counts = `${recorded} recorded, ${delivered} delivered, ${dropped} dropped (${unreportedDrops} unreported)`;
  const memory = [result.rssBeforeMb, result.rssOutageMb, result.rssRecoveryMb].map(Math.round).join(" → ");
  return `${counts}, ${lost} lost, ${repeats} repeats, RSS before → in the outage → in recovery: ${memory} MB`;
}
