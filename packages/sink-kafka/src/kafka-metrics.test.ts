import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dropReasons } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { kafkaSink } from "./index.ts";
import { kafkaMetrics } from "./kafka-metrics.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${folder}/README.md`, "utf8");

/** A sink that has recorded three events, and could not send them. */
const sinkProgram = `
  import { createEvent, kafkaSink } from "@activity/sink-kafka";
  const sink = kafkaSink({
    brokers: "127.0.0.1:1", topic: "events", memory: { maxEvents: 2 }, announceDrops: false, onProblem() {},
  });
  for (const name of ["a", "b", "c"]) sink.record(createEvent({ type: "log", name }));
  await sink.flush({ timeoutMs: 300 });`;

/** Runs the sample of the README that imports a library, over that sink. */
async function runRecipe(library: string, before: string, after: string): Promise<string> {
  const samples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, sample = ""]) => sample);
  const recipe = samples.find((sample) => sample.includes(`from "${library}"`));
  const program = [sinkProgram, before, recipe, after, "await sink.close({ timeoutMs: 0 });"].join("\n");
  const options = ["--no-warnings", "--conditions=@activity/source", "--input-type=module-typescript"];
  const run = promisify(execFile);
  return (await run(process.execPath, [...options, "--eval", program], { cwd: folder })).stdout;
}

describe("kafkaMetrics", () => {
  it("has the names and labels that the README lists", async () => {
    const rows = [...readme.matchAll(/^\| `(activity_kafka_\w+)` \| (\w+) \| (?:`(\w+)`)?/gm)];
    const sink = kafkaSink({ brokers: "127.0.0.1:1", topic: "events" });
    const metrics = kafkaMetrics(sink).map(({ name, kind, label }) => [name, kind, label]);
    expect(rows.map(([, name, kind, label]) => [name, kind, label])).toEqual(metrics);
    await sink.close();
  });

  it("begins with every reason and result at 0", async () => {
    const sink = kafkaSink({ brokers: "127.0.0.1:1", topic: "events" });
    const samplesOf = (name: string) => kafkaMetrics(sink).find((one) => one.name.endsWith(name))?.samples;
    expect(samplesOf("dropped_events_total")).toEqual(
      dropReasons.map((reason) => ({ value: 0, labels: { reason } })),
    );
    expect(samplesOf("sends_total")).toContainEqual({ value: 0, labels: { result: "unconfirmed" } });
    await sink.close();
  });

  it("goes to Prometheus by the README's recipe, as often as it is asked for", async () => {
    const text = await runRecipe(
      "prom-client",
      'import { register } from "prom-client";',
      "await register.metrics(); console.log(await register.metrics());",
    );
    for (const line of [
      "# TYPE activity_kafka_events_total counter",
      'activity_kafka_events_total{outcome="recorded"} 3',
      'activity_kafka_dropped_events_total{reason="capacity"} 1',
      'activity_kafka_dropped_events_total{reason="expired"} 0',
      "activity_kafka_pending_events 2",
      "activity_kafka_store_filled_ratio 1",
      'activity_kafka_topic_up{topic="events"} 0',
    ])
      expect(text.split("\n")).toContain(line);
    expect(text).toMatch(/activity_kafka_sends_total\{result="unavailable"\} [1-9]/);
  });

  it("goes to OpenTelemetry by the README's recipe", async () => {
    const before = `
      import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
      class Reader extends MetricReader { async onForceFlush() {} async onShutdown() {} }
      const reader = new Reader();
      metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));`;
    const after = `
      const { resourceMetrics } = await reader.collect();
      for (const { descriptor, dataPoints } of resourceMetrics.scopeMetrics[0].metrics)
        for (const { attributes, value } of dataPoints) console.log(descriptor.name, JSON.stringify(attributes), value);`;
    const lines = (await runRecipe("@opentelemetry/api", before, after)).split("\n");
    for (const line of [
      'activity_kafka_events_total {"outcome":"recorded"} 3',
      'activity_kafka_dropped_events_total {"reason":"capacity"} 1',
      "activity_kafka_pending_events {} 2",
      'activity_kafka_topic_up {"topic":"events"} 0',
    ])
      expect(lines).toContain(line);
  });
});
