import type { Attributes } from "@activity/core";
import { guardHandler, warnOnce } from "@activity/core";
import type { BrowserClient, BrowserClientOptions, BrowserStats } from "./browser-client.ts";
import { closeTimeoutMs, flushTimeoutMs } from "./browser-limits.ts";
import { pageClock } from "./clock.ts";
import { createEventQueue } from "./event-queue.ts";
import { createIdentity } from "./identity.ts";
import type { Page } from "./page.ts";
import { createPageLife } from "./page-life.ts";
import { createPageStorage } from "./page-storage.ts";
import type { PluginPage } from "./plugin.ts";
import { createSafekeeping } from "./safekeeping.ts";
import { mark } from "./waiting-event.ts";

/** A client before a catalog narrows it. */
export interface LooseClient extends Omit<BrowserClient, "track" | "record" | "recordMetric"> {
  track(name: string, attributes?: Attributes): void;
  record(type: string, name: string, attributes?: Attributes): void;
  recordMetric(name: string, value: number, attributes?: Attributes): void;
}

/** Makes the client of one page and url. */
export function createPageClient(
  url: string,
  options: BrowserClientOptions,
  onClose: () => void,
): LooseClient {
  const stop = new AbortController();
  const page = createPage(url, options, stop.signal);
  const { clock, queue, identity, safe } = page;
  const life = createPageLife(page);
  const { record, endSource } = life.events;

  const stats = (): BrowserStats => ({
    ...queue.counts,
    pending: queue.events.size,
    droppedBy: { ...queue.droppedBy },
    canSend: !!page.delivery,
    storage: page.consent === "granted" && safe.isDurable ? "indexeddb" : "memory",
  });

  /** Has something done by what sends, if there is need, within the time. */
  async function within(timeoutMs: number, act: "flush" | "close"): Promise<BrowserStats> {
    if (page.delivery || (page.consent === "granted" && queue.events.size > 0))
      await Promise.race([
        life.load().then((delivery) => delivery[act](timeoutMs)),
        new Promise<void>((resolve) => clock.setTimer(resolve, timeoutMs)),
      ]);
    return stats();
  }

  let closing: Promise<BrowserStats> | undefined;
  const client: LooseClient = {
    track: (name, attributes) => record("behavioral", name, attributes),
    record,
    recordMetric: (name, value, attributes) => record("metric", name, attributes, { value }),
    recordError: (thrown, attributes) =>
      record(
        "error",
        "error",
        {
          [mark]: [thrown],
          get message() {
            // Where it cannot be encoded.
            return [mark, String(thrown), Object(thrown).name, Object(thrown).stack];
          },
        },
        attributes,
      ),
    identify: (userId, attributes) => {
      const known = identity.user();
      if (known === userId) return;
      if (known) client.reset();
      identity.setUser(userId);
      client.track("user_identified", attributes);
    },
    reset: () => {
      if (page.consent === "granted") page.delivery?.part();
      page.partedAt = clock.now();
      identity.reset(!!page.delivery);
    },
    setConsent: life.setConsent,
    stats,
    flush: ({ timeoutMs = flushTimeoutMs } = {}) => within(timeoutMs, "flush"),
    close: ({ timeoutMs = closeTimeoutMs } = {}) => {
      if (!closing) {
        onClose();
        endSource();
        stop.abort();
        closing = within(timeoutMs, "close");
      }
      return closing;
    },
  };
  if (options.userId) identity.setUser(options.userId);
  life.setConsent(options.consent ?? "pending");
  const seen: PluginPage = {
    ...client,
    clock,
    countRateLimited: () => queue.drop("rate_limited"),
  };
  for (const plugin of options.plugins ?? []) stop.signal.addEventListener("abort", plugin.start(seen));
  return client;
}

function createPage(url: string, options: BrowserClientOptions, signal: AbortSignal): Page {
  const storage = createPageStorage();
  const clock = options.clock ?? pageClock;
  const page = {
    url,
    name: `activity_${url}`,
    options,
    clock,
    storage,
    signal,
    onProblem: guardHandler(options.onProblem ?? warnOnce()),
    queue: createEventQueue(),
    identity: createIdentity(storage),
    consent: "pending",
  } as const;
  return Object.assign(page, { safe: createSafekeeping(page) });
}
