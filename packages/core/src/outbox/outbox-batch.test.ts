import { describe, expect, it } from "@jest/globals";
import type { Lease } from "../ports/store.ts";
import { batchTexts } from "../testing/test-batch.ts";
import type { OpenLease } from "./outbox-batch.ts";
import { cutLease, OutboxBatch } from "./outbox-batch.ts";

const decoder = new TextDecoder();

function open(...texts: readonly string[]): OpenLease {
  const bytes = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(""));
  let end = 0;
  const ends = texts.map((text) => (end += new TextEncoder().encode(text).length + 1));
  const positions = texts.map((_, index) => index + 1);
  const lease: Lease = { lane: 3, count: texts.length, bytes, ends, positions, times: positions };
  return { lease, open: texts.length };
}

describe("an outbox batch", () => {
  it("shows its events one by one and as lines", () => {
    const batch = new OutboxBatch(open("a", "é", "ccc", "d"), [1, 2]);
    expect([batch.lane, batch.count, batch.attempt]).toEqual([3, 2, 0]);
    expect(batchTexts(batch)).toEqual(["é", "ccc"]);
    expect(batch.texts()).toEqual(["é", "ccc"]);
    expect(decoder.decode(batch.bytes)).toBe("é\nccc\n");
  });

  it("shares the bytes of its lease where its events are neighbours", () => {
    const from = open("a", "bb", "ccc");
    for (const indices of [[0], [1, 2], [0, 1, 2]])
      expect(new OutboxBatch(from, indices).bytes.buffer).toBe(from.lease.bytes.buffer);
  });

  it("collects events that are no neighbours", () => {
    const batch = new OutboxBatch(open("a", "bb", "ccc", "dddd"), [0, 2, 3]);
    expect(decoder.decode(batch.bytes)).toBe("a\nccc\ndddd\n");
    expect(batch.bytes).toBe(batch.bytes);
  });

  it.each([-1, 2])("has no event at %d", (index) => {
    expect(() => new OutboxBatch(open("a", "b"), [0, 1]).at(index)).toThrow(
      `the batch has 2 events; there is none at ${index}`,
    );
  });

  it("gives parts that were tried as often and keep the binding", () => {
    const batch = new OutboxBatch(open("a", "b", "c"), [0, 1, 2], { partition: 4 });
    batch.attempt = 2;
    const part = batch.pick((place) => place !== 1);
    expect(part.indices).toEqual([0, 2]);
    expect([part.attempt, part.binding, part.from]).toEqual([2, batch.binding, batch.from]);
    expect(part.binding).toBe(batch.binding);
    expect(part.pick((place) => place === 1).indices).toEqual([2]);
  });
});

describe("cutLease", () => {
  const limits = { maxEvents: 2, maxBytes: 8, inFlight: 1, perLane: 1 };
  const cut = (texts: readonly string[], bounds: Partial<typeof limits> = {}): string[][] =>
    cutLease(open(...texts), { ...limits, ...bounds }).map((batch) => [...batch.texts()]);

  it.each([
    ["nothing", [], []],
    ["one batch", ["a", "b"], [["a", "b"]]],
    ["one event too many", ["a", "b", "c"], [["a", "b"], ["c"]]],
    ["exactly the bytes", ["aaa", "bbb"], [["aaa", "bbb"]]],
    ["one byte too many", ["aaa", "bbbb"], [["aaa"], ["bbbb"]]],
    ["an event that is larger than a batch", ["a", "b".repeat(20), "c"], [["a"], ["b".repeat(20)], ["c"]]],
    ["bytes and not characters", ["éé", "é"], [["éé", "é"]]],
    ["one character of two bytes too many", ["ééé", "é"], [["ééé"], ["é"]]],
  ])("cuts %s", (_, texts, batches) => {
    expect(cut(texts)).toEqual(batches);
  });

  it("measures each batch from its own beginning", () => {
    expect(cut(["aaa", "bbb", "ccc", "ddd", "eee"], { maxEvents: 9 })).toEqual([
      ["aaa", "bbb"],
      ["ccc", "ddd"],
      ["eee"],
    ]);
  });
});
