import type { Attributes } from "@activity/core";
import { describeError, guardHandler, warnOnce } from "@activity/core";
import type { BrowserClient, BrowserClientOptions, BrowserStats, Consent } from "./browser-client.ts";
import { closeTimeoutMs, flushTimeoutMs } from "./browser-limits.ts";
import type { PageClock } from "./clock.ts";
import { pageClock } from "./clock.ts";
import type { Delivery } from "./delivery.ts";
import { createDelivery } from "./delivery.ts";
import type { EventQueue } from "./event-queue.ts";
import { createEventQueue } from "./event-queue.ts";
import type { Identity } from "./identity.ts";
import { createIdentity } from "./identity.ts";
import type { PageEvents } from "./page-events.ts";
import { createPageEvents } from "./page-events.ts";
import type { PageStorage } from "./page-storage.ts";
import { createPageStorage } from "./page-storage.ts";
import { redactUrlsIn } from "./redact-url.ts";
import { untilSettled } from "./until-settled.ts";
import { watchPage } from "./watch-page.ts";

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
  const clock: PageClock = options.clock ?? pageClock;
  const onProblem = guardHandler(options.onProblem ?? warnOnce());
  const storage = createPageStorage();
  const identity = createIdentity(storage, clock);
  const queue = createEventQueue();
  const { headers } = options;
  const onUnwanted = (): undefined => setConsent("denied");
  const delivery = createDelivery({ url, headers, clock, queue, storage, identity, onProblem, onUnwanted });
  const events = createPageEvents({ options, queue, delivery, identity, clock, onProblem });
  const setConsent = createConsent({ events, queue, delivery, storage, identity });
  const stops = [watchLeaving({ events, delivery })];
  const { writer, sender } = delivery;
  const { record } = events;

  const stats = (): BrowserStats => ({
    ...queue.counts,
    pending: queue.events.size,
    droppedBy: { ...queue.droppedBy },
    refused: events.refused,
    storage: events.consent === "granted" && writer.isDurable ? "indexeddb" : "memory",
  });

  async function flush(timeoutMs: number): Promise<BrowserStats> {
    sender.hurry();
    const ids = events.consent === "granted" ? queue.events.keys() : [];
    await untilSettled(queue, ids, { clock, timeoutMs });
    return stats();
  }

  async function close(timeoutMs: number): Promise<BrowserStats> {
    onClose();
    for (const stop of stops) stop();
    events.endSource();
    events.isClosed = true;
    await flush(timeoutMs);
    await writer.write();
    // What is under way has its outcome when the answer comes, even if nobody asks any more.
    const left = [...queue.events.keys()].filter((id) => !queue.flying.has(id));
    queue.settle(
      left.filter((id) => writer.stored.has(id)),
      "handedOver",
    );
    queue.settle(left, "dropped", "closed");
    delivery.stop();
    return stats();
  }

  let closing: Promise<BrowserStats> | undefined;
  const client: LooseClient = {
    track: (name, attributes) => record("behavioral", name, attributes),
    record,
    recordMetric: (name, value, attributes) => record("metric", name, attributes, { value }),
    recordError: (error, attributes) => record("error", "error", redactError(error), attributes),
    identify: (userId, attributes) => {
      const known = identity.user();
      if (known === userId) return;
      if (known) client.reset();
      identity.setUser(userId);
      record("behavioral", "user_identified", attributes);
    },
    reset: () => {
      if (events.consent === "granted") sender.leave();
      identity.reset();
    },
    setConsent,
    stats,
    flush: ({ timeoutMs = flushTimeoutMs } = {}) => flush(timeoutMs),
    close: ({ timeoutMs = closeTimeoutMs } = {}) => {
      closing ??= close(timeoutMs);
      return closing;
    },
  };
  if (options.userId) identity.setUser(options.userId);
  setConsent(options.consent ?? "pending");
  const page = { ...client, clock, countRateLimited: () => queue.drop("rate_limited") };
  for (const plugin of options.plugins ?? []) stops.push(plugin.start(page));
  return client;
}

interface ConsentParts {
  readonly events: PageEvents;
  readonly queue: EventQueue;
  readonly delivery: Delivery;
  readonly storage: PageStorage;
  readonly identity: Identity;
}

function createConsent({
  events,
  queue,
  delivery,
  storage,
  identity,
}: ConsentParts): (consent: Consent) => undefined {
  return (consent) => {
    if (consent === events.consent || events.isClosed) return;
    events.consent = consent;
    if (consent === "granted") {
      identity.allow();
      events.admit();
      delivery.start();
      return;
    }
    delivery.stop();
    if (consent === "denied") {
      queue.settle(queue.events.keys(), "dropped", "consent");
      delivery.clear();
      events.endSource();
    }
    storage.forbid();
  };
}

function watchLeaving({ events, delivery }: Pick<ConsentParts, "events" | "delivery">): () => void {
  const isTakingPart = (): boolean => events.consent === "granted" && !events.isClosed;
  const leave = (forGood: boolean): void => {
    if (!isTakingPart()) return;
    if (forGood) events.endSource();
    delivery.leave(forGood);
  };
  return watchPage({
    onLeave: leave,
    onReturn: () => isTakingPart() && delivery.back(),
    onOnline: delivery.sender.hurry,
    onStorage: delivery.hear,
  });
}

/** What was thrown as attributes in which every URL is redacted. */
function redactError(thrown: unknown): Attributes {
  const entries = Object.entries(describeError(thrown)).map(([key, value]) => {
    const text = value instanceof Error ? String(value) : value;
    return [key, typeof text === "string" ? redactUrlsIn(text) : text] as const;
  });
  return Object.fromEntries(entries);
}
