import type { Verdict } from "@activity/core";
import { toHttpVerdict } from "@activity/core";
import { compressBytes, keepaliveBytes } from "../browser-limits.ts";
import type { Page } from "../page.ts";
import type { FlightNotes } from "./flight-notes.ts";
import { compress, postBatch } from "./post-batch.ts";

/** One request to be made. */
export interface Attempt {
  readonly batchId: string;
  readonly ids: readonly string[];
  /** The body. */
  readonly text: string;
  /** Its bytes as UTF-8, at most. */
  readonly bytes: number;
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

/** Makes the door through which a page posts. */
export function createAttempts({ url, options, clock }: Page, notes: FlightNotes): Attempts {
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
    const headers: Record<string, string> = { ...options.headers, "content-type": "text/plain" };
    let body: BodyInit = text;
    let { bytes } = attempt;
    let flying = 0;
    try {
      if (isHeard && !isLeaving && bytes > compressBytes && "CompressionStream" in globalThis) {
        const compressed = await compress(text);
        body = compressed;
        headers["content-encoding"] = "gzip";
        bytes = compressed.length;
      }
      if (!onDeparture()) return undefined;
      notes.add(batchId, ids);
      if (isLeaving && !("keepalive" in Request.prototype)) {
        if (!navigator.sendBeacon?.(url, text)) notes.remove(batchId);
        return undefined;
      }
      flying = bytes;
      bytesInFlight += bytes;
      isHeard = false;
      const answer = await postBatch(url, { body, headers }, clock);
      isHeard = true;
      const verdict = toHttpVerdict({ ...answer, refusals: refusals + 1 }, ids.length, clock.now());
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
