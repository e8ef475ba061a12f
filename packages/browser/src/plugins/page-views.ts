import type { eventNames } from "@activity/core";
import type { BrowserPlugin, PluginPage } from "../plugin.ts";
import { mark } from "../waiting-event.ts";

/** Typed by the table, which would weigh more than the plugin. */
const pageView: typeof eventNames.pageView = "page_view";

/**
 * Records `page_view` now and whenever the path changes, also where a router changes it without loading a page;
 * a change of search parameters or fragment alone is none. The first carries the `referrer`, if there is one; later
 * ones carry `source_url`, the page they came from. Both are redacted.
 */
export function pageViews(): BrowserPlugin {
  return { name: "pageViews", start: startPageViews };
}

function startPageViews(page: PluginPage): () => void {
  let path = location.pathname;
  let url = location.href;
  const view = (attributes: Readonly<Record<string, string>>): void =>
    page.record("behavioral", pageView, attributes);
  view(document.referrer === "" ? {} : { referrer: mark + document.referrer });
  return watchLocation(() => {
    const from = url;
    url = location.href;
    if (location.pathname === path) return;
    path = location.pathname;
    view({ source_url: mark + from });
  });
}

/** Tells of every change of the location within a document. */
function watchLocation(onChange: () => void): () => void {
  if ("navigation" in globalThis) {
    const { navigation } = globalThis as unknown as { readonly navigation: EventTarget }; // Not in every browser's types.
    navigation.addEventListener("currententrychange", onChange);
    return () => navigation.removeEventListener("currententrychange", onChange);
  }
  const unwrap = (["pushState", "replaceState"] as const).map((name) => wrapHistory(name, onChange));
  addEventListener("popstate", onChange);
  return () => {
    removeEventListener("popstate", onChange);
    for (const restore of unwrap) restore();
  };
}

/** Older browsers tell nobody of these two calls. The wrapper goes again, unless somebody has wrapped it since. */
function wrapHistory(name: "pushState" | "replaceState", onChange: () => void): () => void {
  const original = history[name];
  let on = true;
  const wrapped: typeof original = function (this: History, ...args) {
    original.apply(this, args);
    if (on) onChange();
  };
  history[name] = wrapped;
  return () => {
    on = false;
    if (history[name] === wrapped) history[name] = original;
  };
}
