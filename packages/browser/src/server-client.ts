import { noStats } from "./add-stats.ts";
import type { BrowserClient } from "./browser-client.ts";

const nothing = (): void => undefined;

/** What a server or a worker gets, where there is no page: every call does nothing, and every count is 0. */
export function createServerClient(): BrowserClient {
  return {
    track: nothing,
    record: nothing,
    recordMetric: nothing,
    recordError: nothing,
    identify: nothing,
    reset: nothing,
    setConsent: nothing,
    flush: () => Promise.resolve(noStats),
    close: () => Promise.resolve(noStats),
    stats: () => noStats,
  };
}
