import type { AnyCatalog, Attributes, OpenCatalog } from "@activity/core";
import { describeError } from "@activity/core";
import type { BrowserClient, BrowserStats } from "../browser-client.ts";
import type { LooseClient } from "../page-client.ts";

/** One call, as it came. */
export interface RecordedCall {
  readonly type: string;
  readonly name: string;
  readonly attributes: Attributes;
  /** Whom `identify` had named. */
  readonly userId: string | undefined;
}

/** A client that sends nothing, and what it was asked to record. */
export interface TestBrowserClient<C extends AnyCatalog> {
  readonly client: BrowserClient<C>;
  /** In the order of the calls. */
  readonly calls: readonly RecordedCall[];
}

/**
 * Makes a client for an application's own tests: it needs no page, touches nothing and keeps the calls. Consent is given
 * until `setConsent` says otherwise; what is recorded without it is not kept.
 */
export function testBrowserClient<const C extends AnyCatalog = OpenCatalog>(): TestBrowserClient<C> {
  const calls: RecordedCall[] = [];
  let userId: string | undefined;
  let isGranted = true;
  const record = (type: string, name: string, attributes: Attributes = {}): void => {
    if (isGranted) calls.push({ type, name, attributes, userId });
  };
  const stats = (): BrowserStats => ({
    recorded: calls.length,
    adopted: 0,
    delivered: 0,
    handedOver: 0,
    pending: calls.length,
    rejected: 0,
    dropped: 0,
    droppedBy: {},
    repeats: 0,
    refused: 0,
    canSend: true,
    storage: "memory",
  });
  const client: LooseClient = {
    track: (name, attributes) => record("behavioral", name, attributes),
    record,
    recordMetric: (name, value, attributes) => record("metric", name, { ...attributes, value }),
    recordError: (error, attributes) => record("error", "error", { ...describeError(error), ...attributes }),
    identify: (user, attributes) => {
      userId = user;
      record("behavioral", "user_identified", attributes);
    },
    reset: () => {
      userId = undefined;
    },
    setConsent: (consent) => {
      isGranted = consent === "granted";
    },
    stats,
    flush: () => Promise.resolve(stats()),
    close: () => Promise.resolve(stats()),
  };
  return { client: client as unknown as BrowserClient<C>, calls }; // The catalog narrows what may be asked for.
}
