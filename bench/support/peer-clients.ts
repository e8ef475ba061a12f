/** Clients of other makers, opened as their documentation says a server should. */
import type { PeerName } from "./peer-names.ts";

/** A client of another maker, as far as a trial uses it. */
export interface PeerClient {
  track(attributes: Readonly<Record<string, unknown>> & { readonly n: number }): void;
  /** The documented way to end a process with nothing lost. */
  close(): Promise<unknown>;
}

/** Opens a client that sends to a collector. Only its own package is loaded. */
export function openPeer(name: PeerName, url: string): Promise<PeerClient> {
  return openers[name](new URL(url));
}

const eventName = "checkout_start";
const userId = "user-12345";

const openers: Readonly<Record<PeerName, (url: URL) => Promise<PeerClient>>> = {
  segment: async ({ origin }) => {
    const { Analytics } = await import("@segment/analytics-node");
    const analytics = new Analytics({ writeKey: "wk_1", host: origin, flushAt: 100, flushInterval: 1_000 });
    analytics.on("error", () => undefined);
    return {
      track: (properties) => analytics.track({ userId, event: eventName, properties }),
      close: () => analytics.closeAndFlush(),
    };
  },
  posthog: async ({ origin }) => {
    const { PostHog } = await import("posthog-node");
    const posthog = new PostHog("phc_1", { host: origin, flushAt: 100, flushInterval: 1_000 });
    return {
      track: (properties) => posthog.capture({ distinctId: userId, event: eventName, properties }),
      close: () => posthog.shutdown(),
    };
  },
  snowplow: async ({ hostname, port }) => {
    const { buildSelfDescribingEvent, newTracker } = await import("@snowplow/node-tracker");
    const tracker = newTracker(
      { namespace: "trial", appId: "trial", encodeBase64: false },
      { endpoint: hostname, port: Number(port), protocol: "http" },
    );
    return {
      track: (data) => {
        const event = { schema: "iglu:com.example/checkout/jsonschema/1-0-0", data };
        tracker.track(buildSelfDescribingEvent({ event }));
      },
      close: () => tracker.flush(),
    };
  },
  amplitude: async ({ origin }) => {
    const { createInstance, Types } = await import("@amplitude/analytics-node");
    const amplitude = createInstance();
    await amplitude.init("key_1", {
      serverUrl: `${origin}/2/httpapi`,
      flushIntervalMillis: 1_000,
      logLevel: Types.LogLevel.None,
    }).promise;
    return {
      track: (attributes) => amplitude.track(eventName, attributes, { user_id: userId }),
      close: () => amplitude.flush().promise,
    };
  },
};
