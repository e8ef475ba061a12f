import { audit } from "@activity/core";
import { expect } from "@jest/globals";
import type { StoredEvent } from "./far-end.ts";
import { sourcesOf } from "./far-end.ts";

const notBlank: unknown = expect.stringMatching(/\S/);
/** A time as RFC 3339 writes it. */
export const time: unknown = expect.stringMatching(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
);

/** Expects the four fields in every event, and no id twice. */
export function expectFourFields(events: readonly StoredEvent[]): void {
  expect(events.length).toBeGreaterThan(0);
  for (const event of events)
    expect(event).toMatchObject({
      event_id: notBlank,
      event_time: time,
      event_type: notBlank,
      event_name: notBlank,
    });
  const ids = events.map(({ event_id }) => event_id);
  expect(ids.length).toBe(new Set(ids).size);
}

/** Expects the same attributes in every event; `attributes` may hold matchers. */
export function expectAttributes(events: readonly StoredEvent[], attributes: StoredEvent): void {
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) expect(event).toMatchObject(attributes);
}

/**
 * Expects that of each source of a service every number up to its end is there, and nothing twice; and that each of so
 * many sources has an end that is proved: its own word, or that of whoever took over from a killed process.
 */
export async function expectWholeSources(
  events: readonly StoredEvent[],
  { service, closed }: { readonly service: string; readonly closed: number },
): Promise<void> {
  const sources = await sourcesOf(events, service);
  for (const source of sources)
    expect(source).toMatchObject({ first: 1, arrived: source.last, missing: [], lost: 0 });
  const tails = sources.map(({ tail }) => tail);
  expect(tails).toEqual(Array(closed).fill("closed"));
  expect(await audit(events)).toMatchObject({ events: events.length, duplicated: 0, lost: 0, announced: 0 });
}
