import type { Batch, EventObject } from "@activity/core";
import type { EventKey } from "./event-key.ts";
import { readEvent } from "./event-key.ts";
import type { KafkaRecord } from "./kafka-driver.ts";

/** The headers of an event's record. What is not text is left out; so are all of them where the function throws. */
export type KafkaHeaders = (event: EventObject) => Readonly<Record<string, string>> | undefined;

/** What a record gets beside its value. */
export interface RecordOptions {
  readonly key: EventKey;
  readonly headers?: KafkaHeaders | undefined;
}

/** The records of a batch, in order. Their values are the batch's own bytes. */
export function toRecords(batch: Batch, { key, headers }: RecordOptions): readonly KafkaRecord[] {
  return Array.from({ length: batch.count }, (_, index) => {
    const value = batch.at(index);
    if (headers === undefined) return { key: key.ofBytes(value), value };
    const event = readEvent(value);
    return { key: key.ofObject(event), value, headers: headersOf(headers, event) };
  });
}

function headersOf(headers: KafkaHeaders, event: EventObject): Readonly<Record<string, string>> {
  try {
    const given = Object.entries(headers(event) ?? {});
    return Object.fromEntries(given.filter(([, value]) => typeof value === "string"));
  } catch {
    return {}; // An event without headers still arrives; everything stands in its value.
  }
}
