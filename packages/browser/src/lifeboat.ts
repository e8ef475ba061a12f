import { createId } from "@activity/core";
import { lifeboatBytes } from "./browser-limits.ts";
import type { PageStorage } from "./page-storage.ts";
import { parseJson } from "./parse-json.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** What a page leaves in storage, written in the step in which it leaves: a key a page. */
export interface Lifeboat {
  /** The ids of what found room in the last `board`; empty when the boat is back. */
  readonly aboard: ReadonlySet<string>;
  /** Puts events into the boat, as far as there is room. */
  board(events: readonly WaitingEvent[]): void;
  /** The ids aboard when another page has taken the boat, which is then forgotten; else none. */
  taken(): readonly string[];
  /** Takes the boat back. The ids aboard, when another page has taken it. */
  haul(): readonly string[];
  /** The boats of other pages, and how to take one. */
  others(): readonly { readonly events: readonly WaitingEvent[]; take(): void }[];
  /** Tells the other pages that there is something new. A boat tells them, too. */
  ring(): void;
}

/** More than what stands round the text of an event. */
const rowBytes = 128;

/** Makes a lifeboat whose keys, and the bell's, begin with a prefix. */
export function createLifeboat(prefix: string, storage: PageStorage): Lifeboat {
  let key = "";
  let aboard = new Set<string>();
  const taken = (): readonly string[] => {
    if (storage.get(key)) return [];
    const ids = [...aboard];
    aboard.clear();
    return ids;
  };
  return {
    get aboard() {
      return aboard;
    },
    board: (events) => {
      let room: number = lifeboatBytes;
      const fitting = events.filter(({ bytes }) => {
        const fits = bytes + rowBytes <= room;
        if (fits) room -= bytes + rowBytes;
        return fits;
      });
      aboard = new Set(fitting.map(({ id }) => id));
      if (aboard.size === 0) return;
      key ||= `${prefix}.${createId()}`;
      storage.set(key, JSON.stringify(fitting));
    },
    taken,
    haul: () => {
      const ids = taken();
      aboard.clear();
      if (key) storage.remove(key);
      return ids;
    },
    others: () =>
      storage
        .keys(`${prefix}.`)
        .filter((other) => other !== key)
        .map((other) => {
          const found = parseJson(storage.get(other));
          const events = (Array.isArray(found) ? found : []).filter((event) => Object(event).text);
          return { events, take: () => storage.remove(other) };
        }),
    ring: () => storage.set(prefix, createId()),
  };
}
