import { commitMs } from "../browser-limits.ts";
import type { Page } from "../page.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import type { Journal } from "./journal.ts";
import type { Lifeboat } from "./lifeboat.ts";

/** Writes what waits into the journal by group commit, and removes what no longer does. */
export interface EventWriter {
  /** What the journal has confirmed. */
  readonly stored: Set<string>;
  /** What it must still remove from the journal. */
  readonly doomed: ReadonlySet<string>;
  /** Whether no other page can know of an event. */
  isNew(id: string): boolean;
  /** Has what is new written soon: the first at once, then every 50 ms. */
  keep(): void;
  /** Settles events as delivered, and has the journal remove them even if another page has taken them over. */
  deliver(ids: Iterable<string>): void;
  /** Has an event written again, since it was changed. */
  rewrite(id: string): void;
  /** Writes now. Resolves when it is done, or cannot be. */
  write(): Promise<void>;
  /** Puts into the lifeboat what the journal has not confirmed, in one step, and writes. */
  leave(): void;
  /** Takes events over that stand in the journal. */
  adopt(events: readonly WaitingEvent[]): void;
}

/** What a writer works with. */
export interface WriterParts {
  readonly journal: Journal;
  readonly lifeboat: Lifeboat;
  readonly flying: ReadonlySet<string>;
  /** Takes an event into the queue. */
  readonly admit: (event: WaitingEvent) => void;
}

/** Makes a writer, which goes on where the safekeeping of the page has come to. */
export function createEventWriter(
  { queue, storage, clock, safe }: Page,
  { journal, lifeboat, flying, admit }: WriterParts,
): EventWriter {
  /** What the journal was given, and what of it it has confirmed. */
  const stored = new Set<string>([...safe.given].flatMap(([id, isStored]) => (isStored ? id : [])));
  const given = new Set(stored);
  const doomed = new Set<string>();
  let isBusy = false;

  queue.listeners.add(({ id }, outcome) => {
    if (given.delete(id) && outcome !== "handedOver") doomed.add(id);
    stored.delete(id);
  });

  const waiting = (): WaitingEvent[] => [...queue.events.values()];
  const fresh = (): WaitingEvent[] => waiting().filter(({ id }) => safe.isDurable && !given.has(id));

  async function write(): Promise<void> {
    if (!storage.isAllowed || (!safe.isDurable && doomed.size === 0)) return;
    const { aboard } = lifeboat;
    let put: WaitingEvent[] = [];
    let remove: string[] = [];
    try {
      await journal.write(() => {
        queue.settle(lifeboat.taken(), "handedOver");
        put = fresh();
        remove = [...doomed];
        for (const { id } of put) given.add(id);
        return { put, remove };
      });
      for (const { id } of put) if (given.has(id)) stored.add(id);
      for (const id of remove) doomed.delete(id);
      if (aboard === lifeboat.aboard) lifeboat.haul();
      if (put.length + remove.length > 0) lifeboat.ring();
    } catch (cause) {
      safe.giveUp(cause);
    }
  }

  function keep(): void {
    if (isBusy) return;
    isBusy = true;
    void write().then(() =>
      clock.setTimer(() => {
        isBusy = false;
        if (fresh().length > 0) keep();
      }, commitMs),
    );
  }

  return {
    stored,
    doomed,
    isNew: (id) => !given.has(id) && !lifeboat.aboard.has(id),
    keep,
    write,
    deliver: (ids) => {
      queue.settle(ids, "delivered");
      if (safe.isDurable) for (const id of ids) doomed.add(id);
    },
    rewrite: (id) => {
      given.delete(id);
      stored.delete(id);
    },
    leave: () => {
      queue.settle(lifeboat.taken(), "handedOver");
      // What has not left comes first: there may not be room for all.
      const unstored = waiting().filter(({ id }) => !stored.has(id));
      const hasLeft = ({ id }: WaitingEvent): number => Number(flying.has(id));
      lifeboat.board(unstored.sort((a, b) => hasLeft(a) - hasLeft(b)));
      void write();
    },
    adopt: (events) => {
      for (const event of events) {
        if (safe.isDurable) {
          given.add(event.id);
          stored.add(event.id);
        }
        queue.counts.adopted++;
        admit(event);
      }
    },
  };
}
