import type { Clock } from "@activity/core";

/** The part of a clock that a page needs. */
export type PageClock = Pick<Clock, "now" | "monotonic" | "random" | "setTimer">;

/** The largest delay that timers take (2³¹ − 1 ms); a larger one would fire at once. */
const maxDelayMs = 0x7fff_ffff;

/** The real clock of this page. */
export const pageClock: PageClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  setTimer: (callback, ms) => {
    const handle = setTimeout(callback, Math.min(ms, maxDelayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};

/**
 * A random id: 20 characters of `A–Z a–z 0–9 _`, as unlikely to come twice as a UUID. The browser has all that it needs;
 * the alphabet of a library would weigh more.
 */
export function createId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, "_");
}
