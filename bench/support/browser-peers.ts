/**
 * Other SDKs in the pages of the disasters, each at its documented best settings against loss. Their pages count as there
 * when the SDK is, and record that they were opened, as pages do: some look at what earlier pages left only then.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { bundlePage, type Sdk } from "../../e2e/browser/sdk.ts";

/** A peer: what a page imports and how it starts. */
export interface Peer {
  readonly name: string;
  readonly settings: string;
  /** A module that puts `sdk` on `globalThis` when it is ready. */
  readonly code: string;
}

const folder = fileURLToPath(new URL("..", import.meta.url));
const versionOf = (name: string): string => {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string }; // Every package has one.
  return version;
};

/** posthog-js, @segment/analytics-next and @snowplow/browser-tracker. */
export const browserPeers: readonly Peer[] = [
  {
    name: "posthog-js",
    settings:
      "persistence localStorage, rate limit out of the way; autocapture, recording, flags and remote scripts off",
    code: `
      import posthog from "posthog-js";
      posthog.init("phc_trial", {
        api_host: location.origin, persistence: "localStorage", autocapture: false, capture_pageview: false,
        capture_pageleave: false, disable_session_recording: true, disable_surveys: true,
        advanced_disable_flags: true, disable_external_dependency_loading: true, disable_compression: true,
        opt_out_useragent_filter: true, rate_limiting: { events_per_second: 1000, events_burst_limit: 10000 },
      });
      globalThis.sdk = { track: (mark) => posthog.capture("click", { mark, screen_name: "home" }) };
      posthog.capture("opened");
    `,
  },
  {
    name: "@segment/analytics-next",
    settings: "own apiHost, client persistence on, keepalive on",
    code: `
      import { AnalyticsBrowser } from "@segment/analytics-next";
      const settings = { apiKey: "trial", apiHost: location.host + "/v1", protocol: "http",
        deliveryStrategy: { config: { keepalive: true } } };
      const analytics = AnalyticsBrowser.load({
        writeKey: "trial", cdnSettings: { integrations: { "Segment.io": settings } },
      });
      analytics.ready(() => {
        globalThis.sdk = { track: (mark) => void analytics.track("click", { mark, screen_name: "home" }) };
        analytics.track("opened");
      });
    `,
  },
  {
    name: "@snowplow/browser-tracker",
    settings: "POST, queue in localStorage of 1,000",
    code: `
      import { newTracker, trackSelfDescribingEvent } from "@snowplow/browser-tracker";
      newTracker("trial", location.origin, {
        appId: "shop", eventMethod: "post", encodeBase64: false, stateStorageStrategy: "localStorage",
        maxLocalStorageQueueSize: 1000,
      });
      const schema = "iglu:com.example/click/jsonschema/1-0-0";
      globalThis.sdk = {
        track: (mark) => trackSelfDescribingEvent({ event: { schema, data: { mark, screen_name: "home" } } }),
      };
      sdk.track("opened");
    `,
  },
];

/** A peer as a page gets it. */
export async function peerSdk({ name, settings, code }: Peer): Promise<Sdk> {
  return {
    name,
    script: await bundlePage(code, folder),
    settings: `${name} ${versionOf(name)}: ${settings}`,
  };
}
