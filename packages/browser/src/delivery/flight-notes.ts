import { receiptPrefix } from "@activity/core";
import { flightMs } from "../browser-limits.ts";
import type { PageClock } from "../clock.ts";
import type { PageStorage } from "../page-storage.ts";
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
   * The ids that must not leave: their batch has left, and its time has not passed or there is a receipt.
   *
   * @param onReceipt told of each batch with a receipt
   */
  withheld(onReceipt: (batchId: string, ids: readonly string[]) => void): ReadonlySet<string>;
}

/** Makes the notes whose keys begin with a prefix. */
export function createFlightNotes(prefix: string, storage: PageStorage, clock: PageClock): FlightNotes {
  const remove = (batchId: string): void => {
    storage.remove(prefix + batchId);
    cookies(`${receiptOf(batchId)}=; Max-Age=0; Path=/`);
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
        else if (leftMs <= 0 || leftMs > flightMs) {
          remove(batchId);
          continue;
        }
        for (const id of ids) held.add(id);
      }
      return held;
    },
  };
}

function isReceived(batchId: string): boolean {
  return cookies().includes(receiptOf(batchId));
}

const receiptOf = (batchId: string): string => receiptPrefix + batchId;

/** All cookies, after a change. */
function cookies(change?: string): string {
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is asynchronous, and not in every browser.
    if (change) document.cookie = change;
    return document.cookie;
  } catch {
    return ""; // A worker has none, and a sandboxed frame may not ask.
  }
}
