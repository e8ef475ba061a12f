import { createBrowserClient, errors, pageViews } from "@activity/browser";
import type { catalog } from "./catalog.ts";

/** What the local server wrote into the page that it serves. */
function stamped(name: string): string | undefined {
  return document.querySelector<HTMLMetaElement>(`meta[name="activity-${name}"]`)?.content || undefined;
}

const token = stamped("token");

/**
 * The page's client. It posts to the local server that the page came from, with the token that shows where it has the
 * page from. The server also knows the installation and its user, and whether the person has switched telemetry off.
 */
export const activity = createBrowserClient<typeof catalog>({
  url: "/v1/events",
  service: { name: "local-ui", version: "1.0.0" },
  attributes: { app_name: "local" },
  installId: stamped("install-id"),
  userId: stamped("user-id"),
  headers: token === undefined ? {} : { "activity-token": token },
  plugins: [pageViews(), errors()],
  consent: stamped("enabled") === "false" ? "denied" : "granted",
});

// For the console, and for whoever watches: activity.stats().
Object.assign(globalThis, { activity });
