import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import type { KafkaRecord } from "./kafka-driver.ts";
import { useCodec } from "./kafkajs-codec.ts";
import { toKafkaFailure } from "./kafkajs-failure.ts";
import { KafkajsMessages } from "./kafkajs-messages.ts";

interface Encoder {
  readonly buffer: Buffer;
}

interface ProduceRequest {
  encode(): Promise<Encoder>;
}

/** The parts of kafkajs that make a request of messages. */
const inside = createRequire(import.meta.url);
const group = inside("kafkajs/src/producer/groupMessagesPerPartition.js") as (work: {
  readonly topic: string;
  readonly partitionMetadata: readonly object[];
  readonly messages: unknown;
  readonly partitioner: () => number;
}) => Record<number, unknown>;
const request = inside("kafkajs/src/protocol/requests/produce/v7/request.js") as (
  options: object,
) => ProduceRequest;

const partition = 3;

async function encode(messages: unknown, compression: number): Promise<Buffer> {
  const partitionMetadata = [{}];
  const grouped = group({ topic: "t", partitionMetadata, messages, partitioner: () => partition });
  const topicData = [
    { topic: "t", partitions: [{ partition, messages: grouped[partition], firstSequence: 5 }] },
  ];
  const options = { acks: -1, timeout: 9, compression, topicData, transactionalId: null };
  return Buffer.from((await request({ ...options, producerEpoch: 0 }).encode()).buffer);
}

const arbitraryRecord: fc.Arbitrary<KafkaRecord> = fc.record({
  key: fc.option(fc.string({ unit: "grapheme" }), { nil: null }),
  value: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 60, max: 70_000 }).map((length) => new Uint8Array(length).fill(97)),
  ),
  headers: fc.option(
    fc.dictionary(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme" }), {
      maxKeys: 4,
    }),
    { nil: undefined },
  ),
});

function plainMessages(records: readonly KafkaRecord[]): readonly object[] {
  return records.map(({ key, value, headers }) => ({ key, value: Buffer.from(value), headers }));
}

describe("KafkajsMessages", () => {
  beforeEach(() => {
    jest.spyOn(Date, "now").mockReturnValue(1_700_000_000_000); // kafkajs asks it for the batch's time.
  });
  afterEach(() => void jest.restoreAllMocks());

  it.each(["none", "gzip", "lz4", "zstd"] as const)(
    "make the request that kafkajs makes, %s",
    async (name) => {
      const compression = useCodec(name);
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryRecord, { minLength: 1, maxLength: 130 }), async (records) => {
          const ours = await encode(new KafkajsMessages(records, partition), compression);
          expect(ours.equals(await encode(plainMessages(records), compression))).toBe(true);
        }),
        { numRuns: 25 },
      );
    },
  );

  it("are as many as their records, and none is without a value", () => {
    const messages = new KafkajsMessages(
      Array.from({ length: 7 }, () => ({ key: null, value: new Uint8Array(1) })),
      partition,
    );
    expect(messages).toHaveLength(7);
    expect(messages.find()).toBe(undefined);
  });

  it("are not sent by a kafkajs that encodes otherwise", () => {
    const messages = new KafkajsMessages([{ key: "a", value: Buffer.from("x") }], partition);
    const others = [
      {},
      { buf: Buffer.alloc(8), offset: 8 },
      { buf: Buffer.alloc(7), offset: 7, buffer: Buffer.alloc(7) },
    ];
    for (const other of others) {
      let thrown: unknown;
      try {
        messages.map(() => other);
      } catch (error) {
        thrown = error;
      }
      expect(toKafkaFailure(thrown)).toMatchObject({
        kind: "unsupported",
        reason: { code: "unknown_record_format", detail: expect.stringContaining("kafkajs 2.2.4") },
      });
    }
  });

  it("have read their records when they are made", async () => {
    const value = Buffer.from("before");
    const messages = new KafkajsMessages([{ key: null, value }], partition);
    value.fill("x");
    expect((await encode(messages, 0)).includes("before")).toBe(true);
  });
});
