/** The intake before a real Kafka: what it answered for is in the topic, also over an outage of Kafka and a kill of its own. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { killIntakes, launchIntake, runCommand, scratchFolder } from "./support/intake-process.ts";
import { postEvents } from "./support/load.ts";

const timeoutMs = 240_000;
const folder = scratchFolder();
let kafka: KafkaBroker;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  kafka = await startKafka();
  await kafka.createTopic("telemetry", 3);
  environment = {
    ACTIVITY_DATA_DIR: folder.path,
    KAFKA_BROKERS: kafka.brokers.join(","),
    KAFKA_TOPIC: "telemetry",
    KAFKA_KEY_BY: "event_id",
  };
}, timeoutMs);
afterAll(async () => {
  killIntakes();
  await kafka?.stop();
  folder.remove();
});

const idsFrom = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => `before-kafka-restarts.${first + at}`);

it(
  "loses nothing of what it answered for, and an audit of the topic says so",
  async () => {
    const first = await launchIntake(environment);
    expect((await postEvents(first.url, idsFrom(1, 100))).status).toBe(202);
    await kafka.kill("SIGKILL");
    expect((await postEvents(first.url, idsFrom(101, 200))).status).toBe(202);
    await first.end("SIGKILL");

    await kafka.restart();
    const second = await launchIntake(environment);
    expect((await postEvents(second.url, idsFrom(201, 300))).status).toBe(202);
    const found = await untilThere(300);
    expect([...found.keys()].toSorted()).toEqual(idsFrom(1, 300).toSorted());
    expect(await second.end("SIGTERM")).toBe(0);

    const { code, stdout } = await runCommand(environment, ["audit", "--kafka", "--json"]);
    expect({ code, audit: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      audit: {
        damaged: 0,
        report: {
          lost: 0,
          sources: [{ source: "before-kafka-restarts", first: 1, last: 300, arrived: 300 }],
        },
      },
    });
    const missing = await runCommand({ ...environment, KAFKA_TOPIC: "nowhere" }, ["audit", "--kafka"]);
    expect([missing.code, missing.output]).toEqual([2, expect.stringContaining("there is no topic nowhere")]);
  },
  timeoutMs,
);

/** Ids in the topic with the key of their record. */
async function untilThere(count: number): Promise<ReadonlyMap<string, string | null>> {
  for (;;) {
    const records = await kafka.readTopic("telemetry");
    const keys = new Map(
      records.map(({ key, value }) => [(JSON.parse(value) as { event_id: string }).event_id, key]),
    ); // Events.
    if (keys.size < count) continue;
    for (const [id, key] of keys) expect(key).toBe(id);
    return keys;
  }
}
