import type { Behaviour } from "./collector.ts";
import { healthy } from "./collector.ts";

/** What is wrong with a collector. */
export interface IntakeFault {
  /** How long nothing listens, from the start of the first process, in milliseconds. @defaultValue 0 */
  readonly downMs?: number;
  /** @defaultValue healthy */
  readonly behaviour?: Behaviour;
  /** It is still so when the next process starts; other faults are over by then. @defaultValue false */
  readonly lasts?: boolean;
}

const waitMs = 2_000;
const maxEvents = 5;

/** The faults of the table in the guarantees. */
export const intakeFaults = {
  healthy: {},
  down: { downMs: Number.POSITIVE_INFINITY },
  downThenUp: { downMs: 3_000 },
  slow: { behaviour: () => ({ act: "take", afterMs: 2_000 }), lasts: true },
  failsThreeTimes: { behaviour: (request) => (request.nth < 3 ? refuse(500) : healthy(request)) },
  asksToWait: {
    behaviour: (request) => {
      const leftMs = waitMs - request.sinceFirstMs;
      return leftMs > 0
        ? refuse(429, { headers: { "retry-after": String(Math.ceil(leftMs / 1_000)) } })
        : healthy(request);
    },
  },
  takesFiveEvents: {
    behaviour: (request) =>
      request.arrivals.length > maxEvents
        ? refuse(413, {
            headers: { "content-type": "application/problem+json" },
            body: JSON.stringify({ status: 413, max_events: maxEvents }),
          })
        : healthy(request),
    lasts: true,
  },
  neverAnswers: { behaviour: () => ({ act: "hang" }) },
  resets: { behaviour: () => ({ act: "reset" }) },
  losesAnswers: { behaviour: (request) => (request.nth < 3 ? { act: "lose" } : healthy(request)) },
} as const satisfies Record<string, IntakeFault>;

function refuse(
  status: number,
  rest: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): ReturnType<Behaviour> {
  return { act: "refuse", answer: { status, ...rest } };
}
