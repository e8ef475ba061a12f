import type { PageClock } from "../clock.ts";
import type { WaitingEvent } from "../waiting-event.ts";

/** Events in IndexedDB, shared by the tabs of an origin. What is called later also happens later. Rejects where it does not work. */
export interface Journal {
  /** Writes and removes, both or neither; which events is asked in the step that begins it. */
  write(change: () => JournalChange): Promise<void>;
  /** The ids in it, and those events that are wanted. */
  read(isWanted: (id: string) => boolean): Promise<JournalContent>;
  /** Lets go of the database until the next call: an open one may keep a page out of the back-forward cache. */
  close(): void;
}

/** What {@link Journal.write} is to do. */
export interface JournalChange {
  readonly put: readonly WaitingEvent[];
  readonly remove?: Iterable<string>;
}

/** What {@link Journal.read} found. */
export interface JournalContent {
  readonly ids: ReadonlySet<string>;
  readonly events: readonly WaitingEvent[];
}

const storeName = "events";
/** A database that does not open in this time never will. On a busy machine it may take several seconds. */
const openMs = 5_000;

/** Makes a journal; nothing is opened before the first call. */
export function createJournal(name: string, clock: PageClock): Journal {
  let opening: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      clock.setTimer(reject, openMs);
      const request = indexedDB.open(name);
      request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: "id" });
      request.onerror = reject;
      request.onsuccess = () => {
        const database = request.result;
        // Somebody deletes it: consent was taken back in another tab, or site data were cleared.
        database.onversionchange = database.onclose = close;
        resolve(database);
      };
    });
  async function transact(mode: IDBTransactionMode, use: (store: IDBObjectStore) => void): Promise<void> {
    opening ??= open();
    const database = await opening;
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      use(transaction.objectStore(storeName));
      // Without this a page that ends before it has seen each answer would take the whole transaction along.
      if (mode === "readwrite") transaction.commit?.();
    });
  }
  function close(): void {
    opening?.then((database) => database.close()).catch(() => undefined);
    opening = undefined;
  }
  return {
    write: (change) =>
      transact("readwrite", (store) => {
        const { put, remove = [] } = change();
        for (const event of put) store.put(event);
        for (const id of remove) store.delete(id);
      }),
    read: async (isWanted) => {
      const ids = new Set<string>();
      const events: WaitingEvent[] = [];
      await transact("readonly", (store) => {
        const keys = store.getAllKeys();
        keys.onsuccess = () => {
          for (const key of keys.result as string[]) {
            ids.add(key);
            if (!isWanted(key)) continue;
            const event: IDBRequest<WaitingEvent> = store.get(key);
            event.onsuccess = () => events.push(event.result);
          }
        };
      });
      return { ids, events };
    },
    close,
  };
}
