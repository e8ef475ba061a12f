import type { Clock } from "./ports/clock.ts";

/** The largest delay that timers take (2³¹ − 1 ms); a larger one would fire at once. */
const maxDelayMs = 0x7fff_ffff;

/** The part of the real clock that recording needs. */
export const wallClock: Pick<Clock, "now" | "random"> = {
  now: () => Date.now(),
  random: () => Math.random(),
};

/** The real clock of this process or page. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        timer.cancel();
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = systemClock.setTimer(done, ms);
      signal?.addEventListener("abort", done);
    }),
  setTimer: (callback, ms, options) => {
    const handle = setTimeout(callback, Math.min(Math.max(ms, 0), maxDelayMs));
    // Node's timers are objects with unref; a browser's are numbers and keep nothing alive.
    if (options?.unref && typeof handle === "object") (handle as { unref(): void }).unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
