/** The idempotent producer: what brokers recognise, and that nothing is taken for a repeat that is none. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import type { TcpRelay } from "../support/tcp-relay.ts";
import { startTcpRelay } from "../support/tcp-relay.ts";
import { compareIds, eventsOf, patientMs, quickSink, until } from "./kafka-trial.ts";

const timeoutMs = 240_000;
let relay: TcpRelay;
let broker: KafkaBroker;

beforeAll(async () => {
  relay = await startTcpRelay();
  broker = await startKafka({ relay });
}, timeoutMs);
afterAll(async () => {
  await broker?.stop();
  await relay?.close();
});

describe("an idempotent sink", () => {
  it(
    "has one record of an event whose answer was lost",
    async () => {
      await broker.createTopic("recognised", 1);
      const sink = quickSink(broker, { topic: "recognised", idempotent: true });
      await sink.write(eventsOf(1, 1));
      relay.withholdAnswers(true);
      for (const event of eventsOf(2, 300)) sink.record(event);
      // The broker writes; nobody hears of it.
      await until(async () => (await broker.readTopic("recognised")).length === 300);
      relay.withholdAnswers(false);
      relay.cut();
      expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({
        delivered: 300,
        pending: 0,
        repeats: 0,
      });
      await sink.close();
      const records = await broker.readTopic("recognised");
      const ids = eventsOf(1, 300).map(({ event_id }) => event_id);
      expect(compareIds(ids, records)).toEqual({ missing: [], foreign: [] });
      expect(records).toHaveLength(300);
    },
    timeoutMs,
  );

  it(
    "loses nothing of sends of one size that fail one after the other",
    async () => {
      await broker.createTopic("in-step", 1);
      const sink = quickSink(broker, { topic: "in-step", idempotent: true, requestTimeoutMs: 1_000 });
      const events = eventsOf(1, 8_000);
      for (const event of events) sink.record(event);
      const flushed = sink.flush({ timeoutMs: patientMs });
      for (let cuts = 0; cuts < 6; cuts++) {
        const { delivered } = sink.stats();
        await until(() => sink.stats().delivered > delivered || sink.stats().pending === 0);
        relay.withholdAnswers(true);
        await new Promise((resolve) => setTimeout(resolve, 50)); // Something is written, and nobody hears of it.
        relay.withholdAnswers(false);
        relay.cut();
      }
      expect(await flushed).toMatchObject({ delivered: events.length, pending: 0, dropped: 0 });
      await sink.close();
      const ids = events.map(({ event_id }) => event_id);
      expect(compareIds(ids, await broker.readTopic("in-step"))).toEqual({ missing: [], foreign: [] });
    },
    timeoutMs,
  );
});
