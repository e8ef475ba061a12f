import type { Batch } from "@activity/core";
import type { EventKey } from "./event-key.ts";
import type { KafkaRecord } from "./kafka-driver.ts";

/** The records of a batch, in order, on a copy of its bytes: a client may still read them when the batch is long over. */
export function toRecords(batch: Batch, key: EventKey): readonly KafkaRecord[] {
  const bytes = Buffer.from(batch.bytes);
  let start = 0;
  return Array.from({ length: batch.count }, (_, index) => {
    const end = start + batch.at(index).length;
    const value = bytes.subarray(start, end);
    start = end + 1; // The line feed.
    return { key: key.ofBytes(value), value };
  });
}
