import type { Page } from "../page.ts";
import type { EventWriter } from "./event-writer.ts";
import type { Journal } from "./journal.ts";
import type { Lifeboat } from "./lifeboat.ts";

/** What a sync works with. */
export interface SyncParts {
  readonly journal: Journal;
  readonly lifeboat: Lifeboat;
  readonly writer: EventWriter;
}

/**
 * Makes the function by which a page learns what others did: events of its own that are in the journal no more are
 * handed over; if it adopts, it also takes over what others and earlier pages left in journal and lifeboats.
 * Who `isAlone` leaves the journal alone, since nobody says who else reads it.
 * One runs after the other; never rejects.
 */
export function createEventSync(
  { queue, safe }: Page,
  { journal, lifeboat, writer }: SyncParts,
): (adopting: boolean, isAlone?: boolean) => Promise<void> {
  let last = Promise.resolve();

  async function sync(adopting: boolean, isAlone: boolean): Promise<void> {
    const isNew = (id: string): boolean => adopting && !queue.events.has(id) && !writer.doomed.has(id);
    for (const { events, take } of adopting ? lifeboat.others() : []) {
      if (safe.isDurable) await journal.write(() => ({ put: events })).catch(safe.giveUp);
      if (!safe.isDurable) writer.adopt(events);
      take();
    }
    if (isAlone) return;
    const known = [...writer.stored];
    try {
      const { ids, events } = await journal.read(isNew);
      queue.settle(
        known.filter((id) => !ids.has(id)),
        "handedOver",
      );
      writer.adopt(events.filter(({ id }) => isNew(id)));
    } catch (cause) {
      safe.giveUp(cause);
    }
  }

  return (adopting, isAlone = false) => {
    last = last.then(() => sync(adopting, isAlone));
    return last;
  };
}
