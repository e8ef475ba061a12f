import type { Attributes } from "@activity/core";
import type { PageClock } from "./clock.ts";

/** What a plugin gets: the page's client, reduced to what collecting needs. */
export interface PluginPage {
  record(type: string, name: string, attributes?: Attributes): void;
  recordError(error: unknown, attributes?: Attributes): void;
  /** Counts an event that is left out because there are too many, as dropped with `rate_limited`. */
  countRateLimited(): void;
  readonly clock: PageClock;
}

/** Something that collects events by itself. Leave it out and it costs no byte. */
export interface BrowserPlugin {
  readonly name: string;
  /** Begins to collect; called once, when the client is made. Returns what ends it. */
  start(page: PluginPage): () => void;
}
