/**
 * What the Kafka sink costs, from the call to the acknowledgement of all in-sync replicas, on a real broker of the same
 * machine. With `--peers` beside kafkajs and @platformatic/kafka, in the same rounds.
 *
 * `--only gzip` (or none, lz4, zstd) measures one compression.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EventObject } from "@activity/core";
import { startKafka } from "../e2e/support/kafka-broker.ts";
import type { Compression, KafkaPlace } from "./support/kafka-arms.ts";
import { activityArm, kafkajsBatchArm, kafkajsSingleArm, platformaticArm } from "./support/kafka-arms.ts";
import { latenciesAt, percentile } from "./support/kafka-pace.ts";
import type { Measured, Spread } from "./support/measure.ts";
import { measure } from "./support/measure.ts";
import { createReport } from "./support/report.ts";
import { sampleCalls } from "./support/sample-events.ts";

const events = 100_000;
/** Where each event is a send of its own, that many would take minutes. */
const fewerEvents = 20_000;
const rounds = { rounds: 3, warmUpRounds: 1 };
const partitions = 6;
const steadyPerSecond = 5_000;
const steadySeconds = 10;
const only = process.argv[process.argv.indexOf("--only") + 1];
const compressions: readonly Compression[] = (["gzip", "none", "lz4", "zstd"] as const).filter(
  (name) => !process.argv.includes("--only") || name === only,
);

const report = createReport({ kind: "bench", name: "kafka" });
const broker = await startKafka();
let topics = 0;
try {
  report.note(
    `${events} events of about 540 bytes a round, ${partitions} partitions, acks=all, no headers, no keys; gzip and zstd at level 1, kafkajs with our codecs`,
  );
  const worst: Spread[] = [];
  for (const compression of compressions) worst.push(...(await compareBatches(compression)));
  const [slowest] = worst.toSorted((a, b) => a.median - b.median);
  if (slowest !== undefined) report.figure("ratio_to_kafkajs_batches", slowest);
  if (report.withPeers) await compareSingles();
  await reportPace();
  await reportIdle();
} finally {
  await broker.stop();
}
report.end();

async function place(compression: Compression): Promise<KafkaPlace> {
  const topic = `bench-${++topics}`;
  await broker.createTopic(topic, partitions);
  return { brokers: broker.brokers, topic, compression };
}

function threeHeaders({ event_type, event_name, event_time }: EventObject): Record<string, string> {
  return { event_type, event_name, event_time };
}

/** Returns the ratio to kafkajs, where it was measured. */
async function compareBatches(compression: Compression): Promise<readonly Spread[]> {
  const arms = [activityArm(await place(compression))];
  if (report.withPeers)
    arms.push(kafkajsBatchArm(await place(compression)), await platformaticArm(await place(compression)));
  const withCosts = compression === "gzip";
  if (withCosts)
    arms.push(
      activityArm(await place(compression), "activity, idempotent", { idempotent: true }),
      activityArm(await place(compression), "activity, three headers", { headers: threeHeaders }),
      activityArm(await place(compression), "activity, keyed", { keyBy: "project_id" }),
    );
  const measured = await measure(arms, { items: (round) => sampleCalls(events, round), ...rounds });
  report.note(`compression ${compression}`);
  report.arms(measured);
  report.figure(`events_per_s_${compression}`, perSecond(measured));
  if (withCosts) {
    report.figure("cpu_us_at_100k", measured.arm("activity").cpuUs);
    report.figure("idempotent_events_per_s_ratio", measured.ratio("activity", "activity, idempotent"));
    report.figure("three_headers_cpu_ratio", measured.ratio("activity, three headers", "activity", "cpuUs"));
    report.figure("keyed_cpu_ratio", measured.ratio("activity, keyed", "activity", "cpuUs"));
  }
  if (!report.withPeers) return [];
  const ratio = measured.ratio("kafkajs 1000×5", "activity");
  report.figure(`ratio_to_kafkajs_batches_${compression}`, ratio);
  report.figure(
    `cpu_ratio_to_kafkajs_batches_${compression}`,
    measured.ratio("activity", "kafkajs 1000×5", "cpuUs"),
  );
  if (compression === "lz4")
    report.figure("ratio_to_fastest_client_on_lz4", measured.ratio("@platformatic/kafka 1000×5", "activity"));
  return [ratio];
}

async function compareSingles(): Promise<void> {
  const arms = [activityArm(await place("gzip")), kafkajsSingleArm(await place("gzip"))];
  const measured = await measure(arms, { items: (round) => sampleCalls(fewerEvents, round), ...rounds });
  report.note(`one send an event, 1,000 unanswered, gzip, ${fewerEvents} events a round`);
  report.arms(measured);
  report.figure("ratio_to_one_send_an_event", measured.ratio("kafkajs, one send an event", "activity"));
  report.figure(
    "cpu_ratio_to_one_send_an_event",
    measured.ratio("activity", "kafkajs, one send an event", "cpuUs"),
  );
}

async function reportPace(): Promise<void> {
  const latencies = await latenciesAt(steadyPerSecond, steadySeconds, await place("gzip"));
  report.figure("p50_ms_at_5000_per_s", percentile(latencies, 50));
  report.figure("p99_ms_at_5000_per_s", percentile(latencies, 99));
}

async function reportIdle(): Promise<void> {
  const { brokers, topic } = await place("gzip");
  const child = fileURLToPath(new URL("support/kafka-idle.ts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, brokers.join(","), topic], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the idle process failed: ${stderr}`);
  report.figure("idle_core_percent", Number(stdout));
}

function perSecond(measured: Measured): Spread {
  const { median, min, max } = measured.arm("activity").wallUs;
  return { median: 1e6 / median, min: 1e6 / max, max: 1e6 / min };
}
