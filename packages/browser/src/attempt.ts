import type { Verdict } from "@activity/core";
import { toHttpVerdict, utf8Bytes } from "@activity/core";
import { compressBytes, keepaliveBytes } from "./browser-limits.ts";
import type { PageClock } from "./clock.ts";
import type { FlightNotes } from "./flight-notes.ts";
import { compress, postBatch } from "./post-batch.ts";

/** One request to be made. */
export interface Attempt {
  readonly batchId: string;
  readonly ids: readonly string[];
  /** The body. */
  readonly text: string;
  /** Called when the request is about to be made; whether it still may. */
  readonly onDeparture: () => boolean;
  /** The page is leaving: the request begins in this step. */
  readonly isLeaving: boolean;
}

/** Makes requests that outlive their page, and knows how much room there is for them. */
export interface Attempts {
  /** Bytes of a body for which the browser has room now. */
  room(): number;
  /** One request. `undefined` where nobody will hear of an answer, or nothing was sent. Never rejects. */
  make(attempt: Attempt): Promise<Verdict | undefined>;
}

/** What attempts are made with. */
export interface AttemptOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly notes: FlightNotes;
  readonly clock: PageClock;
  /** The server says that nothing is wanted from this visitor. */
  readonly onUnwanted: () => undefined;
}

/** Makes the door through which a page posts. */
export function createAttempts({ url, headers, notes, clock, onUnwanted }: AttemptOptions): Attempts {
  let bytesInFlight = 0;
  /**
   * Whether the last request was answered. Only then the next is compressed: a server that does not let the header in
   * looks like one that is down.
   */
  let isHeard = false;
  /** Answers in a row that need somebody's attention. */
  let refusals = 0;

  async function make(attempt: Attempt): Promise<Verdict | undefined> {
    const { batchId, ids, text, onDeparture, isLeaving } = attempt;
    const init: RequestInit & { headers: Record<string, string> } = {
      body: text,
      headers: { ...headers, "content-type": "text/plain" },
    };
    let flying = 0;
    try {
      let size = utf8Bytes(text);
      if (isHeard && !isLeaving && size > compressBytes && "CompressionStream" in globalThis) {
        const bytes = await compress(text);
        init.body = bytes;
        init.headers["content-encoding"] = "gzip";
        size = bytes.length;
      }
      if (!onDeparture()) return undefined;
      notes.add(batchId, ids);
      if (isLeaving && !("keepalive" in Request.prototype)) {
        if (!navigator.sendBeacon?.(url, text)) notes.remove(batchId);
        return undefined;
      }
      flying = size;
      bytesInFlight += size;
      isHeard = false;
      const answer = await postBatch(url, init, clock);
      isHeard = true;
      const verdict = toHttpVerdict({ ...answer, refusals: refusals + 1 }, ids.length, clock.now());
      if (verdict.kind === "denied") return onUnwanted();
      refusals = verdict.kind === "retry" && verdict.attention ? refusals + 1 : 0;
      return verdict;
    } catch {
      return { kind: "retry", reason: { code: "unreachable" } };
    } finally {
      bytesInFlight -= flying;
    }
  }

  return { make, room: () => keepaliveBytes - bytesInFlight };
}
