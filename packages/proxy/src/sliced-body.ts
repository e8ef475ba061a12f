import type { ActivityEvent } from "@activity/core";
import { batchIdPattern, eventTimeMs, isEventTime } from "@activity/core";

/** An event that is known to be good, else its text as it was sent; `undefined` for a line that is not UTF-8. */
export type Slice = ActivityEvent | string | undefined;

/** A body cut into its events. */
export interface SlicedBody {
  readonly slices: readonly Slice[];
  readonly batchId: string | undefined;
  readonly sentAt: string | undefined;
}

/** The id of a batch, where it can be a cookie's name. */
export function readBatchId(value: unknown): string | undefined {
  return typeof value === "string" && batchIdPattern.test(value) ? value : undefined;
}

/** When a client says that it sent a request, where that is a time. */
export function readSentAt(value: unknown): string | undefined {
  const isTime = typeof value === "string" && isEventTime(value) && Number.isFinite(eventTimeMs(value));
  return isTime ? value : undefined;
}

/** The text of an event as it was sent. */
export function textOf(slice: Slice): string | undefined {
  return typeof slice === "object" ? slice.text : slice;
}
