/** How long an event takes from `record` to its acknowledgement when 5,000 come every second, with the sink's defaults. */
import { createClient, createMemoryStore, createOutbox, defaultLimits, parseEventId } from "@activity/core";
import { kafkajsDriver, kafkaTransport } from "@activity/sink-kafka";
import type { KafkaPlace } from "./kafka-arms.ts";
import { common, installId, type SampleCall, sampleCalls, service } from "./sample-events.ts";

/** Milliseconds from `record` to the acknowledgement, in ascending order; the first second does not count. */
export async function latenciesAt(
  eventsPerSecond: number,
  seconds: number,
  place: KafkaPlace,
): Promise<number[]> {
  const recordedAt: number[] = [];
  const latencies: number[] = [];
  const transport = kafkaTransport(kafkajsDriver(place), place);
  const send: typeof transport.send = async (batch, signal) => {
    const ids = Array.from({ length: batch.count }, (_, index) => {
      const { event_id } = JSON.parse(Buffer.from(batch.at(index)).toString()) as {
        readonly event_id: string;
      };
      return parseEventId(event_id)?.n ?? 0;
    });
    const verdict = await transport.send(batch, signal);
    const now = performance.now();
    if (verdict.kind === "delivered")
      for (const n of ids) if (n > eventsPerSecond) latencies.push(now - (recordedAt[n] ?? now));
    return verdict;
  };
  const store = createMemoryStore({
    maxEvents: 100_000,
    maxBytes: 67_108_864,
    lease: defaultLimits.kafkaBatch,
  });
  const { lingerMs } = defaultLimits.kafkaBatch;
  const sink = createOutbox({ ...transport, send }, store, { lingerMs });
  const client = createClient({ sink, service, installId, isDev: false, attributes: common });
  const calls = sampleCalls(1_000, 1);
  const startedAt = performance.now();
  let n = 0;
  while (n < eventsPerSecond * seconds) {
    const due = Math.min(
      ((performance.now() - startedAt) * eventsPerSecond) / 1_000,
      eventsPerSecond * seconds,
    );
    while (n < due) {
      const { name, attributes } = calls[n % calls.length] as SampleCall; // One of them.
      recordedAt[++n] = performance.now();
      client.track(name, attributes);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await client.close({ timeoutMs: 30_000 });
  return latencies.toSorted((a, b) => a - b);
}

export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
