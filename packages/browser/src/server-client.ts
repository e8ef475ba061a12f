import type { BrowserStats } from "./browser-client.ts";
import type { LooseClient } from "./page-client.ts";

const nothing = (): void => undefined;
const stats: BrowserStats = {
  recorded: 0,
  adopted: 0,
  delivered: 0,
  handedOver: 0,
  pending: 0,
  rejected: 0,
  dropped: 0,
  droppedBy: {},
  repeats: 0,
  refused: 0,
  storage: "memory",
};

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
    flush: () => Promise.resolve(stats),
    close: () => Promise.resolve(stats),
    stats: () => stats,
  };
}
