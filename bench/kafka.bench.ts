/**
 * What the Kafka sink costs, from the call to the acknowledgement of all in-sync replicas, on a real broker. With
 * `--peers` beside kafkajs and @platformatic/kafka, in the same rounds. `--quick` is for whoever works on it.
 */
import { startKafka } from "../e2e/support/kafka-broker.ts";
import type { Compression, KafkaPlace } from "./support/kafka-arms.ts";
import { activityArm, kafkajsBatchArm, kafkajsSingleArm, platformaticArm } from "./support/kafka-arms.ts";
import type { Measured, Spread } from "./support/measure.ts";
import { measure } from "./support/measure.ts";
import { createReport } from "./support/report.ts";
import { sampleCalls } from "./support/sample-events.ts";

const quick = process.argv.includes("--quick");
const eventsPerRound = 100_000;
const singles = 20_000;
const rounds = { rounds: 3, warmUpRounds: 1 };
const partitions = 6;
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice(7);
const compressions = (["gzip", "none", "lz4", "zstd"] as const).filter(
  (c) => only === undefined || c === only,
);

const report = createReport({ kind: "bench", name: "kafka" });
const broker = await startKafka();
let topics = 0;

try {
  const byCodec = new Map<Compression, Measured>();
  for (const compression of compressions) byCodec.set(compression, await compare(compression));
  for (const [compression, measured] of byCodec) {
    report.note(`compression ${compression}, ${eventsPerRound} events a round, no headers, no keys`);
    report.arms(measured);
    const perSecond = inverse(measured.arm("activity").wallUs, 1e6);
    report.figure(`events_per_s_${compression}`, perSecond);
    if (report.withPeers)
      report.figure(`ratio_to_kafkajs_batches_${compression}`, measured.ratio("kafkajs 1000×5", "activity"));
  }
} finally {
  await broker.stop();
}
report.end();

async function place(compression: Compression): Promise<KafkaPlace> {
  const topic = `bench-${++topics}`;
  await broker.createTopic(topic, partitions);
  return { brokers: broker.brokers, topic, compression };
}

async function compare(compression: Compression): Promise<Measured> {
  const arms = [activityArm(await place(compression))];
  if (report.withPeers) {
    arms.push(kafkajsBatchArm(await place(compression)));
    arms.push(await platformaticArm(await place(compression)));
  }
  return measure(arms, { items: (round) => sampleCalls(eventsPerRound, round), ...rounds });
}

function inverse({ median, min, max }: Spread, of: number): Spread {
  return { median: of / median, min: of / max, max: of / min };
}
