import { readFileSync } from "node:fs";

/** The peers of the table, with their packages and the settings that are not their defaults. */
export const peers = {
  segment: {
    package: "@segment/analytics-node",
    settings: "flushAt 100, flushInterval 1 s; closeAndFlush()",
  },
  posthog: { package: "posthog-node", settings: "flushAt 100, flushInterval 1 s; shutdown()" },
  snowplow: { package: "@snowplow/node-tracker", settings: "encodeBase64 false, defaults; flush()" },
  amplitude: {
    package: "@amplitude/analytics-node",
    settings: "flushIntervalMillis 1,000, defaults; flush()",
  },
} as const;

export type PeerName = keyof typeof peers;

export const peerNames = Object.keys(peers) as readonly PeerName[]; // Its keys are those of the type.

/** The version that is installed. */
export function versionOf(name: PeerName): string {
  const manifest = new URL(`../node_modules/${peers[name].package}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version; // Every package has one.
}
