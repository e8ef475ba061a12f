import { setTimeout as sleep } from "node:timers/promises";
import type { Behaviour, Collector } from "./collector.ts";
import { healthy } from "./collector.ts";

/** What is wrong with a collector. */
export interface IntakeFault {
  /** How long nothing listens, counted from when the events are recorded, in milliseconds. @defaultValue 0 */
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
  takesInSilence: { behaviour: () => ({ act: "take", afterMs: 60_000 }) },
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

/** A fault that is on. */
export interface ImposedFault {
  /** The events are recorded: from now on the time counts. */
  recorded(): void;
  /** The first process has ended: the fault is over, unless it lasts. */
  end(): Promise<void>;
}

/** Puts a collector under a fault. */
export async function impose(
  { downMs = 0, behaviour = healthy, lasts = false }: IntakeFault,
  collector: Collector,
): Promise<ImposedFault> {
  collector.behave(behaviour);
  if (downMs > 0) await collector.down();
  const over = new AbortController();
  let repaired = downMs > 0 ? undefined : Promise.resolve();
  const begin = (): Promise<void> => {
    repaired ??= repair(collector, downMs, over.signal);
    return repaired;
  };
  return {
    recorded: () => void begin(),
    end: async () => {
      over.abort();
      await begin();
      if (!lasts) collector.behave(healthy);
    },
  };
}

async function repair(collector: Collector, downMs: number, signal: AbortSignal): Promise<void> {
  // Timers count no further than 24 days.
  await sleep(Math.min(downMs, 86_400_000), undefined, { signal }).catch(() => undefined);
  await collector.up();
}

function refuse(
  status: number,
  rest: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): ReturnType<Behaviour> {
  return { act: "refuse", answer: { status, ...rest } };
}
