import { createBrowserClient, errors, pageViews } from "@activity/browser";
import type { catalog } from "./catalog.ts";

const consentKey = "share_usage_data";

/** Whether the visitor shares usage data; what they chose stays in this browser. */
export function sharesUsageData(): boolean {
  return localStorage.getItem(consentKey) !== "no";
}

/** Keeps what the visitor chose, and acts on it at once. */
export function shareUsageData(shares: boolean): void {
  localStorage.setItem(consentKey, shares ? "yes" : "no");
  activity.setConsent(shares ? "granted" : "denied");
}

/**
 * The page's client. It posts to the server that the page came from. `user_id` is the server's to say: it knows who is
 * signed in, and a page could claim anything.
 */
export const activity = createBrowserClient<typeof catalog>({
  url: "/v1/events",
  service: { name: "admin-ui", version: "1.0.0" },
  attributes: { app_name: "cloud-admin" },
  plugins: [pageViews(), errors()],
  consent: sharesUsageData() ? "granted" : "denied",
});

// For the console, and for whoever watches: activity.stats().
Object.assign(globalThis, { activity });
