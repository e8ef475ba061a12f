import type { SourceAudit } from "@activity/core";
import { audit } from "@activity/core";
import { expect } from "@jest/globals";
import type { StoredEvent } from "./far-end.ts";
import { sourcesOf } from "./far-end.ts";

const notBlank: unknown = expect.stringMatching(/\S/);
const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);

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
 * Expects that of each source of a service every number up to its end is there, and nothing twice. `tails` says in the
 * order of their arrival which sources were closed, and which belonged to a process that was killed.
 */
export async function expectWholeSources(
  events: readonly StoredEvent[],
  { service, tails }: { readonly service: string; readonly tails: readonly SourceAudit["tail"][] },
): Promise<void> {
  const sources = await sourcesOf(events, service);
  expect(sources.map(({ tail }) => tail)).toEqual(tails);
  for (const source of sources)
    expect(source).toMatchObject({ first: 1, arrived: source.last, missing: [], lost: 0 });
  expect(await audit(events)).toMatchObject({ events: events.length, duplicated: 0, lost: 0, announced: 0 });
}
