import type { ActivityEvent } from "../event/activity-event.ts";
import type { Batch, Transport, TransportLimits, Verdict } from "../ports/transport.ts";
import { batchTexts } from "./test-batch.ts";

/** One attempt as a recording transport saw it. */
export interface SentBatch {
  readonly lane: number;
  readonly attempt: number;
  readonly texts: readonly string[];
  /** What the batch was bound to when it came. */
  readonly binding: unknown;
}

/** Options of a recording transport. */
export interface RecordingTransportOptions {
  /** @defaultValue 100 events, 64 KiB, one batch at a time */
  readonly limits?: { readonly [K in keyof TransportLimits]?: TransportLimits[K] | undefined } | undefined;
  readonly lane?: ((event: ActivityEvent) => number) | undefined;
  /**
   * What attempts come to: one verdict after the other, then `delivered` for ever; or a function, which may
   * also bind the batch, throw or reject. @defaultValue `delivered`
   */
  readonly verdicts?:
    | readonly Verdict[]
    | ((batch: Batch, attempt: number) => Verdict | Promise<Verdict>)
    | undefined;
  /** Sends that are held go on after an abort, as no transport should. @defaultValue false */
  readonly ignoresAbort?: boolean | undefined;
}

/** A transport whose far side is the test. */
export interface RecordingTransport extends Transport {
  /** Every attempt, in the order in which they began. */
  readonly sent: readonly SentBatch[];
  /** Texts of the events that were answered `delivered`, in that order. */
  readonly arrived: readonly string[];
  /** Attempts that wait for {@link RecordingTransport.release}. */
  readonly held: number;
  /** How often it was closed. */
  readonly closed: number;
  /** Lets attempts from now on wait before their verdict. */
  hold(): void;
  /** Ends the wait of `count` attempts, oldest first; without `count` of all, and of those to come. */
  release(count?: number): void;
}

/** A transport that notes what it gets and answers what it is told to. */
export function recordingTransport(options: RecordingTransportOptions = {}): RecordingTransport {
  const { verdicts = [], lane, limits = {}, ignoresAbort = false } = options;
  const sent: SentBatch[] = [];
  const arrived: string[] = [];
  const waiting: (() => void)[] = [];
  let holding = false;
  let closed = 0;

  function pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      if (ignoresAbort) return;
      signal.addEventListener("abort", () => {
        const place = waiting.indexOf(resolve);
        if (place >= 0) waiting.splice(place, 1);
        resolve();
      });
    });
  }

  async function answer(batch: Batch, place: number): Promise<Verdict> {
    if (typeof verdicts === "function") return verdicts(batch, batch.attempt);
    return verdicts[place] ?? { kind: "delivered" };
  }

  return {
    limits: {
      maxEvents: limits.maxEvents ?? 100,
      maxBytes: limits.maxBytes ?? 65_536,
      inFlight: limits.inFlight ?? 1,
      perLane: limits.perLane ?? 1,
    },
    ...(lane === undefined ? {} : { lane }),
    send: async (batch, signal) => {
      const texts = batchTexts(batch);
      const place =
        sent.push({ lane: batch.lane, attempt: batch.attempt, texts, binding: batch.binding }) - 1;
      if (holding && !signal.aborted) await pause(signal);
      if (signal.aborted && !ignoresAbort) return { kind: "retry", reason: { code: "aborted" } };
      const verdict = await answer(batch, place);
      if (verdict.kind === "delivered") {
        const not = new Set([...(verdict.retry ?? []), ...(verdict.rejected ?? []).map(([index]) => index)]);
        arrived.push(...texts.filter((_, index) => !not.has(index)));
      }
      return verdict;
    },
    close: async () => {
      closed++;
    },
    sent,
    arrived,
    get held() {
      return waiting.length;
    },
    get closed() {
      return closed;
    },
    hold: () => {
      holding = true;
    },
    release: (count) => {
      if (count === undefined) holding = false;
      for (const resolve of waiting.splice(0, count ?? waiting.length)) resolve();
    },
  };
}
