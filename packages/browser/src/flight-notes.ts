import { receiptPrefix } from "@activity/core";
import { flightMs } from "./browser-limits.ts";
import type { PageClock } from "./clock.ts";
import type { PageStorage } from "./page-storage.ts";
import { parseJson } from "./parse-json.ts";

/** Notes of batches under way that outlive their page, and the receipts that the server gives for them. */
export interface FlightNotes {
  /** Notes a batch; to be called before it leaves. */
  add(batchId: string, ids: readonly string[]): void;
  /** Removes note and receipt of a batch. */
  remove(batchId: string): void;
  /** Whether the server has left a receipt for a batch. */
  isReceived(batchId: string): boolean;
  /**
   * The ids that must wait: their batch has left, and there is neither a receipt nor has its time passed.
   *
   * @param onReceipt told of each batch with a receipt
   */
  withheld(onReceipt: (batchId: string, ids: readonly string[]) => void): ReadonlySet<string>;
}

/** Makes the notes whose keys begin with a prefix. */
export function createFlightNotes(prefix: string, storage: PageStorage, clock: PageClock): FlightNotes {
  const remove = (batchId: string): void => {
    storage.remove(prefix + batchId);
    writeCookie(`${receiptOf(batchId)}=; Max-Age=0; Path=/`);
  };
  return {
    add: (batchId, ids) =>
      storage.set(prefix + batchId, JSON.stringify({ ids, until: clock.now() + flightMs })),
    remove,
    isReceived,
    withheld: (onReceipt) => {
      const held = new Set<string>();
      for (const key of storage.keys(prefix)) {
        const batchId = key.slice(prefix.length);
        const { ids = [], until = 0 } = Object(parseJson(storage.get(key))) as {
          ids?: string[];
          until?: number;
        }; // Our own note.
        const leftMs = until - clock.now();
        if (isReceived(batchId)) onReceipt(batchId, ids);
        // A clock that was set back must not withhold them for long.
        else if (leftMs > 0 && leftMs <= flightMs) for (const id of ids) held.add(id);
        else remove(batchId);
      }
      return held;
    },
  };
}

function isReceived(batchId: string): boolean {
  return readCookies().includes(receiptOf(batchId));
}

const receiptOf = (batchId: string): string => receiptPrefix + batchId;

function readCookies(): string {
  try {
    return document.cookie;
  } catch {
    return ""; // A worker has none, and a sandboxed frame may not ask.
  }
}

function writeCookie(cookie: string): void {
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is asynchronous, and not in every browser.
    document.cookie = cookie;
  } catch {
    return; // As above.
  }
}
