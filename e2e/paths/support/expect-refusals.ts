import { randomUUID } from "node:crypto";
import { expect } from "@jest/globals";
import { startComponent } from "../../support/component.ts";
import type { FarEnd, StoredEvent } from "./far-end.ts";
import { namesOf, ofService } from "./far-end.ts";

/** An address that takes events. */
export interface Entry {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with its body. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An event as it could come from any program. */
export function eventNamed(name: string, attributes: StoredEvent = {}): StoredEvent {
  return {
    event_id: randomUUID(),
    event_time: new Date().toISOString(),
    event_type: "behavioral",
    event_name: name,
    service_name: "poster",
    ...attributes,
  };
}

export async function post({ url, headers = {} }: Entry, events: readonly unknown[]): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(events),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] }; // JSON, by the contract.
}

/** Expects that an entry takes the good events of a request, names the bad ones by their place, and refuses a request without good ones. */
export async function expectEntryRefuses(entry: Entry, end: FarEnd): Promise<void> {
  const good = [eventNamed("before_the_bad"), eventNamed("after_the_bad")];
  const { event_time: _, ...timeless } = eventNamed("without_time");
  const bad = [eventNamed("   "), timeless];
  const mixed = await post(entry, [good[0], bad[0], good[1], bad[1]]);
  expect(mixed).toMatchObject({
    status: 202,
    body: {
      accepted: 2,
      rejected: 2,
      problems: [
        { index: 1, event_id: bad[0]?.["event_id"], code: expect.any(String) },
        { index: 3, event_id: bad[1]?.["event_id"], code: expect.any(String) },
      ],
    },
  });
  const refused = await post(entry, bad);
  expect(refused).toMatchObject({
    status: 422,
    body: { code: "none_valid", problems: [{ index: 0 }, { index: 1 }] },
  });
  const ids = (events: readonly StoredEvent[]): unknown[] => events.map(({ event_id }) => event_id);
  const arrived = await end.until(
    (events) => good.every(({ event_id }) => ids(events).includes(event_id)),
    "the good events of a request",
  );
  expect(ids(arrived)).not.toContain(bad[0]?.["event_id"]);
  expect(ids(arrived)).not.toContain(bad[1]?.["event_id"]);
}

/** Expects that the client of a path refuses what is no event, says so, and passes on what is one. */
export async function expectClientRefuses(
  kind: "kafka" | "intake",
  environment: Readonly<Record<string, string>>,
  end: FarEnd,
): Promise<void> {
  const file = new URL("./misuse.ts", import.meta.url);
  const program = startComponent({ name: "misuse", file, args: [kind], environment });
  const [said] = await program.line(/^\{.*\}$/);
  expect(await program.ended).toBe(0);
  expect(JSON.parse(said)).toEqual({
    refused: 6,
    refusedTexts: [true, true, true],
    recorded: 2,
    delivered: 2,
    told: 6,
  });
  const arrived = await end.until((events) => ofService(events, "misuse").length >= 2, "the good event");
  expect(namesOf(ofService(arrived, "misuse"))).toEqual([
    "behavioral well_formed",
    "telemetry source_closed",
  ]);
  expect(arrived.map(({ event_id }) => event_id)).not.toContain("1");
}
