import { describe, expect, it } from "@jest/globals";
import kafkajs from "kafkajs";
import { murmur2 } from "./murmur2.ts";

/** From Kafka's own test of its hash: `org.apache.kafka.common.utils.UtilsTest.testMurmur2`, with their signs. */
const known: readonly (readonly [string, number])[] = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
];

describe("murmur2", () => {
  it.each(known)("hashes %j as Kafka's Java client does", (key, hash) => {
    expect(murmur2(key)).toBe(hash & 0x7fff_ffff);
  });

  it("chooses the partition that kafkajs would choose", () => {
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    for (const key of ["a", "ab", "é漢字😀", ...Array.from({ length: 200 }, (_, n) => `key-${n * 7919}`)]) {
      const message = { key, value: "" };
      expect([key, murmur2(key) % 12]).toEqual([key, choose({ topic: "t", partitionMetadata, message })]);
    }
  });
});
