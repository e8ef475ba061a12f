import type { ActivityEvent, Batch } from "@activity/core";
import { createEvent } from "@activity/core";

/** Event number `n`. */
export function eventOf(
  n: number,
  attributes: Record<string, unknown> = {},
  type = "behavioral",
): ActivityEvent {
  return createEvent({
    type,
    name: "login_start",
    id: `test.${n}`,
    time: "2026-01-01T00:00:00Z",
    attributes,
  });
}

/** A batch as an outbox hands one over. */
export function batchOf(events: readonly ActivityEvent[], lane = 0): Batch {
  const texts = events.map(({ text }) => new TextEncoder().encode(`${text}\n`));
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  const ends: number[] = [];
  for (const text of texts) {
    bytes.set(text, ends.at(-1) ?? 0);
    ends.push((ends.at(-1) ?? 0) + text.length);
  }
  return {
    lane,
    count: events.length,
    bytes,
    at: (index) => bytes.subarray(ends[index - 1] ?? 0, (ends[index] ?? 0) - 1),
    attempt: 1,
  };
}
