/** What lies at the end of a path: the events of a topic, or of the intake's segments. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SourceAudit } from "@activity/core";
import { audit, parseEventId } from "@activity/core";
import { readSegments } from "@activity/spool";
import type { KafkaBroker } from "../../support/kafka-broker.ts";

/** An event as it was found. */
export type StoredEvent = Readonly<Record<string, unknown>>;

export interface FarEnd {
  /** Everything that is there. */
  read(): Promise<readonly StoredEvent[]>;
  /** Reads until it holds what is wanted, and returns everything that is there. */
  until(isThere: (events: readonly StoredEvent[]) => boolean, what: string): Promise<readonly StoredEvent[]>;
}

/** Long enough for a path to recover, on a machine that has other things to do. */
const patientMs = 90_000;

export function topicEnd(broker: KafkaBroker, topic: string): FarEnd {
  return farEnd(async () => (await broker.readTopic(topic)).map(({ value }) => value));
}

export function segmentsEnd(folder: string): FarEnd {
  return farEnd(async () => {
    const texts: string[] = [];
    for await (const text of readSegments(folder)) texts.push(text);
    return texts;
  });
}

/** The events of one service. */
export function ofService(events: readonly StoredEvent[], service: string): readonly StoredEvent[] {
  return events.filter(({ service_name }) => service_name === service);
}

/** Types and names, as they are said in one breath: `log server_start`. */
export function namesOf(events: readonly StoredEvent[]): readonly string[] {
  return events.map(({ event_type, event_name }) => `${event_type} ${event_name}`);
}

/** Whether events of each of these types and names are among them. */
export function hold(events: readonly StoredEvent[], ...wanted: readonly string[]): boolean {
  const names = new Set(namesOf(events));
  return wanted.every((name) => names.has(name));
}

/** How many of the numbers 1 … `last` have arrived from a service that is one source. */
export function arrivedUpTo(events: readonly StoredEvent[], service: string, last: number): number {
  const numbers = ofService(events, service).map(({ event_id }) => parseEventId(String(event_id))?.n ?? 0);
  return new Set(numbers.filter((n) => n >= 1 && n <= last)).size;
}

/**
 * The account of each source of a service, by `audit` over everything at the far end: an event that was
 * dropped may be announced, and a source closed, by another.
 */
export async function sourcesOf(
  events: readonly StoredEvent[],
  service: string,
): Promise<readonly SourceAudit[]> {
  const own = new Set(
    ofService(events, service).map(({ event_id }) => parseEventId(String(event_id))?.source),
  );
  return (await audit(events)).sources.filter(({ source }) => own.has(source));
}

function farEnd(readTexts: () => Promise<readonly string[]>): FarEnd {
  const read = async (): Promise<readonly StoredEvent[]> =>
    (await readTexts()).map((text) => JSON.parse(text) as StoredEvent); // Tests look at every member they use.
  return {
    read,
    until: async (isThere, what) => {
      const deadline = performance.now() + patientMs;
      for (;;) {
        const events = await read();
        if (isThere(events)) return events;
        if (performance.now() > deadline)
          throw new Error(
            `${what} did not arrive in ${patientMs} ms; there is ${namesOf(events).join(", ")}`,
          );
        await sleep(50);
      }
    },
  };
}
