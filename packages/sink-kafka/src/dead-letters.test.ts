import { describe, expect, it } from "@jest/globals";
import { batchOf, eventOf } from "../test/batch-of.ts";
import type { FakeKafkaDriver } from "../test/fake-kafka-driver.ts";
import { fakeKafkaDriver } from "../test/fake-kafka-driver.ts";
import type { DeadLetter, DeadLetters } from "./dead-letters.ts";
import type { KafkaFailureKind } from "./kafka-driver.ts";
import type { KafkaTransport } from "./kafka-transport.ts";
import { kafkaTransport } from "./kafka-transport.ts";

const calm = new AbortController().signal;
const refused = { kind: "rejected", reason: { code: "too_large" } };

/** A transport whose topic takes no event, or another one that takes none either. */
function trial(deadLetters: DeadLetters): { driver: FakeKafkaDriver; transport: KafkaTransport } {
  const driver = fakeKafkaDriver();
  driver.failOn("events", "produce", "too_large");
  return { driver, transport: kafkaTransport(driver, { topic: "events", keyBy: "event_id", deadLetters }) };
}

describe("an event that its topic refuses for good", () => {
  it("goes as it is to the topic of dead letters, and says why", async () => {
    const { driver, transport } = trial("dead");
    const event = eventOf(5);
    expect(await transport.send(batchOf([event]), calm)).toMatchObject(refused);
    expect(driver.produced).toMatchObject([
      {
        topic: "dead",
        keys: ["test.5"],
        values: [event.text],
        headers: [
          {
            activity_topic: "events",
            activity_reason: "too_large",
            activity_detail: "the topic takes no event of this size",
          },
        ],
      },
    ]);
    expect(transport.counts()).toMatchObject({ deadLetters: 1, deadLettersLost: 0, sends: { too_large: 1 } });
  });

  it("goes to a function, which is waited for", async () => {
    const letters: DeadLetter[] = [];
    const { transport } = trial(async (letter) => {
      await Promise.resolve();
      letters.push(letter);
    });
    const event = eventOf(5);
    expect(await transport.send(batchOf([event]), calm)).toMatchObject(refused);
    expect(letters).toEqual([
      { text: event.text, topic: "events", reason: expect.objectContaining({ code: "too_large" }) },
    ]);
  });

  it("is not handed on as long as it has company: that is split first", async () => {
    const { driver, transport } = trial("dead");
    expect(await transport.send(batchOf([eventOf(1), eventOf(2)]), calm)).toEqual({ kind: "split" });
    expect(driver.produced).toEqual([]);
  });

  it("counts as lost and says so where the function throws", async () => {
    const { transport } = trial(() => {
      throw new Error("full");
    });
    expect(await transport.send(batchOf([eventOf(1)]), calm)).toMatchObject({
      kind: "rejected",
      reason: { code: "too_large", detail: expect.stringContaining("deadLetters threw: Error: full") },
    });
    expect(transport.counts()).toMatchObject({ deadLetters: 0, deadLettersLost: 1 });
  });

  const forGood: readonly KafkaFailureKind[] = ["unknown_topic", "forbidden", "too_large", "invalid"];
  it.each(forGood)("is refused all the same where the topic of dead letters answers %s", async (kind) => {
    const { driver, transport } = trial("dead");
    driver.failOn("dead", "produce", kind);
    expect(await transport.send(batchOf([eventOf(1)]), calm)).toMatchObject({
      kind: "rejected",
      reason: { code: "too_large", detail: expect.stringContaining(`dead did not take it either: ${kind}`) },
    });
    expect(transport.counts()).toMatchObject({ deadLetters: 0, deadLettersLost: 1 });
  });

  const steps = ["connect", "partitions", "produce"] as const;
  it.each(steps)("is tried again as a whole while %s of the other topic fails", async (step) => {
    const { driver, transport } = trial("dead");
    driver.failOn("dead", step, "unavailable");
    const batch = batchOf([eventOf(1)]);
    expect(await transport.send(batch, calm)).toMatchObject({ kind: "retry" });
    driver.failOn("dead", step, undefined);
    expect(await transport.send(batch, calm)).toMatchObject(refused);
    expect(driver.produced.map(({ topic }) => topic)).toEqual(["dead"]);
    expect(transport.counts()).toMatchObject({ deadLetters: 1, deadLettersLost: 0 });
  });

  it("is tried again where the acknowledgement names something else", async () => {
    const { driver, transport } = trial("dead");
    driver.acknowledge = () => [];
    expect(await transport.send(batchOf([eventOf(1)]), calm)).toMatchObject({
      kind: "retry",
      reason: { code: "unconfirmed" },
    });
  });
});

describe("deadLetters", () => {
  it.each(["events", "two words", ""])("cannot be %j", (deadLetters) => {
    expect(() => kafkaTransport(fakeKafkaDriver(), { topic: "events", deadLetters })).toThrow(
      /deadLetters is events|topic is/,
    );
  });
});
