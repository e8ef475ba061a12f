import { createId } from "../clock.ts";
import type { Page } from "../page.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { parseJson } from "./parse-json.ts";

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
  /** Whether another page tells this by what it has changed under a key. */
  isRung(key: string | null): boolean;
}

/** Makes the lifeboat of a page, which may have left already. */
export function createLifeboat({ safe, storage }: Pick<Page, "safe" | "storage">): Lifeboat {
  const { boat } = safe;
  const bell = boat.slice(0, boat.lastIndexOf("."));
  const idsAboard = (): Set<string> => new Set(safe.aboard.map(({ id }) => id));
  let aboard = idsAboard();
  let offered: ReadonlySet<WaitingEvent> = new Set();
  const taken = (): readonly string[] => {
    if (storage.get(boat)) return [];
    const ids = [...aboard];
    aboard.clear();
    return ids;
  };
  return {
    get aboard() {
      return aboard;
    },
    board: (events) => {
      // Leaving is told twice: hidden, and gone.
      const isSame = events.length === offered.size && events.every((event) => offered.has(event));
      if (!isSame || !storage.get(boat)) safe.board(events);
      offered = new Set(events);
      aboard = idsAboard();
    },
    taken,
    haul: () => {
      const ids = taken();
      aboard.clear();
      storage.remove(boat);
      return ids;
    },
    others: () =>
      storage
        .keys(`${bell}.`)
        .filter((key) => key !== boat)
        .map((key) => {
          const found = parseJson(storage.get(key));
          const events = (Array.isArray(found) ? found : []).filter((event) => Object(event).text);
          return { events, take: () => storage.remove(key) };
        }),
    ring: () => storage.set(bell, createId()),
    isRung: (key) => !!key?.startsWith(bell),
  };
}
