import type { BrowserStats } from "./browser-client.ts";
import { noCounts } from "./event-queue.ts";
import type { LooseClient } from "./page-client.ts";

const nothing = (): void => undefined;
const stats = (): BrowserStats => ({
  ...noCounts(),
  pending: 0,
  droppedBy: {},
  canSend: false,
  storage: "memory",
});

/** What a server gets, where there is no page: every call does nothing, and every count is 0. */
export function createServerClient(): LooseClient {
  return {
    track: nothing,
    record: nothing,
    recordMetric: nothing,
    recordError: nothing,
    identify: nothing,
    reset: nothing,
    setConsent: nothing,
    flush: async () => stats(),
    close: async () => stats(),
    stats,
  };
}
