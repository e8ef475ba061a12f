import { commitMs, lifeboatBytes } from "./browser-limits.ts";
import { createId } from "./clock.ts";
import type { Page } from "./page.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** Keeps what waits where it outlives the page, until what sends is there, which keeps it in the same places. */
export interface Safekeeping {
  /** Whether the journal works, as far as is known. */
  isDurable: boolean;
  /** Ids that the journal was given; `true` for those that it has confirmed. */
  readonly given: Map<string, boolean>;
  /** The key of this page's lifeboat. */
  readonly boat: string;
  /** What found room in it. */
  aboard: readonly WaitingEvent[];
  /** Writes what is new into the journal: the first at once, then every 50 ms. */
  keep(): Promise<void>;
  /** Puts events into the lifeboat, in one step and as far as there is room. */
  board(events: readonly WaitingEvent[]): void;
  /** Works without a journal from here on. */
  giveUp(cause: unknown): void;
  /** Deletes all that is kept. */
  delete(): void;
}

/** More than what stands round the text of an event. */
const rowBytes = 128;

/** Makes the safekeeping of a page. */
export function createSafekeeping(page: Omit<Page, "safe">): Safekeeping {
  const { name, clock, queue, storage } = page;
  let isBusy = false;
  const note = (events: readonly WaitingEvent[], isStored: boolean): void => {
    for (const { id } of events) safe.given.set(id, isStored);
  };
  const safe: Safekeeping = {
    isDurable: true,
    given: new Map(),
    boat: `${name}_boat.${createId()}`,
    aboard: [],
    keep: async () => {
      if (isBusy) return;
      isBusy = true;
      for (;;) {
        await Promise.resolve(); // What the same task records goes along.
        const events = [...queue.events.values()].filter(({ id }) => !safe.given.has(id));
        if (page.delivery || !storage.isAllowed || !safe.isDurable || events.length === 0) break;
        note(events, false);
        await putEvents(name, events).then(() => note(events, true), safe.giveUp);
        await new Promise<void>((resolve) => clock.setTimer(resolve, commitMs));
      }
      isBusy = false;
    },
    board: (events) => {
      let room: number = lifeboatBytes;
      safe.aboard = events.filter(({ bytes }) => {
        if (bytes + rowBytes > room) return false;
        room -= bytes + rowBytes;
        return true;
      });
      if (safe.aboard.length > 0) storage.set(safe.boat, JSON.stringify(safe.aboard));
    },
    giveUp: (cause) => {
      if (safe.isDurable) page.onProblem({ code: "store", message: "events wait in memory only", cause });
      safe.isDurable = false;
    },
    delete: () => {
      for (const key of storage.keys(name)) storage.remove(key);
      safe.given.clear();
      try {
        indexedDB.deleteDatabase(name);
      } catch {
        // There is none where it is forbidden.
      }
    },
  };
  return safe;
}

/** Writes events into the journal, all or none. */
function putEvents(name: string, events: readonly WaitingEvent[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore("events", { keyPath: "id" });
    request.onerror = reject;
    request.onsuccess = () => {
      const database = request.result;
      try {
        const transaction = database.transaction("events", "readwrite");
        transaction.oncomplete = resolve;
        transaction.onabort = reject;
        for (const event of events) transaction.objectStore("events").put(event);
      } catch (cause) {
        reject(cause);
      }
      // When all is written. An open one may keep a page out of the back-forward cache.
      database.close();
    };
  });
}
