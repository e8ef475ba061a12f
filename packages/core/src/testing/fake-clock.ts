import type { Clock } from "../ports/clock.ts";
import { seededRandom } from "./seeded-random.ts";

/** A timer that waits on a fake clock. */
export interface PendingTimer {
  /** When it is due, by the clock's `monotonic()`. */
  readonly at: number;
  /** Whether it would let the process end. */
  readonly unref: boolean;
}

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Where chance comes from; may be replaced at any time. */
  random: () => number;
  /** Timers that have been set and are not yet due, the next one first. */
  readonly pending: readonly PendingTimer[];
  /**
   * Lets `ms` milliseconds pass: every timer due by then fires in its turn, at its own time, and promises
   * settle before the first, between them and after the last. `advance(0)` only lets promises settle.
   */
  advance(ms: number): Promise<void>;
}

/** Options of a fake clock. */
export interface FakeClockOptions {
  /** Wall-clock time at the start, in milliseconds since the Unix epoch. @defaultValue 2025-01-01T00:00:00Z */
  readonly now?: number | undefined;
  /** @defaultValue numbers that are the same in every run */
  readonly random?: (() => number) | undefined;
}

interface SetTimer extends PendingTimer {
  readonly callback: () => void;
}

/** More steps than any chain of promises in these packages has. */
const settleSteps = 100;

/** A clock for tests: nothing waits, nothing is left to chance. */
export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  const { now = Date.UTC(2025, 0, 1), random = seededRandom(1) } = options;
  const timers = new Set<SetTimer>();
  let elapsedMs = 0;
  // Set keeps the order of entry and sorting is stable: timers of one time fire as they were set.
  const inOrder = (): SetTimer[] => [...timers].sort((a, b) => a.at - b.at);

  const clock: FakeClock = {
    random,
    now: () => now + elapsedMs,
    monotonic: () => elapsedMs,
    setTimer: (callback, ms, { unref = false } = {}) => {
      const timer: SetTimer = { at: elapsedMs + Math.max(ms, 0), unref, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = clock.setTimer(resolve, ms);
        signal?.addEventListener("abort", () => {
          timer.cancel();
          resolve();
        });
      }),
    get pending() {
      return inOrder().map(({ at, unref }) => ({ at, unref }));
    },
    advance: async (ms) => {
      const end = elapsedMs + ms;
      await settlePromises();
      for (;;) {
        const [next] = inOrder();
        if (next === undefined || next.at > end) break;
        elapsedMs = Math.max(elapsedMs, next.at);
        timers.delete(next);
        next.callback();
        await settlePromises();
      }
      elapsedMs = end;
    },
  };
  return clock;
}

/** Lets promises that are about to settle do so, without a timer. */
async function settlePromises(): Promise<void> {
  for (let step = 0; step < settleSteps; step++) await Promise.resolve();
}
