import type { AnyCatalog, OpenCatalog } from "@activity/core";
import { ActivityError } from "@activity/core";
import type { BrowserClient, BrowserClientOptions } from "./browser-client.ts";
import type { LooseClient } from "./page-client.ts";
import { createPageClient } from "./page-client.ts";
import { createServerClient } from "./server-client.ts";

/** Where the clients of a page stand, so that two copies of this package share them. */
const registryKey: unique symbol = Symbol.for("@activity/browser");

/**
 * Makes the client of this page and url. A second call with the same url returns the first one's client and passes over
 * its options; after `close` a call makes a new one. Where there is neither page nor worker (on a server) it returns
 * a client that does nothing, so that code which also runs there needs no condition.
 *
 * `createBrowserClient<typeof catalog>` checks names and attributes at compile time, at no byte's cost.
 *
 * @throws INVALID_OPTION when `url` is none
 */
export function createBrowserClient<const C extends AnyCatalog = OpenCatalog>(
  options: BrowserClientOptions,
): BrowserClient<C> {
  // The catalog narrows what may be asked for, nothing else.
  const client = typeof location === "undefined" ? createServerClient() : pageClientOf(options);
  return client as unknown as BrowserClient<C>;
}

function pageClientOf(options: BrowserClientOptions): LooseClient {
  const url = absoluteUrl(options.url);
  const clients = registry();
  const present = clients.get(url);
  if (present) return present;
  const client = createPageClient(url, options, () => clients.delete(url));
  clients.set(url, client);
  return client;
}

function absoluteUrl(url: string): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? location.origin).href;
  } catch (cause) {
    throw new ActivityError("INVALID_OPTION", `url is ${JSON.stringify(url)}; it must be a URL or a path`, {
      cause,
    });
  }
}

function registry(): Map<string, LooseClient> {
  const place = globalThis as { [registryKey]?: Map<string, LooseClient> };
  place[registryKey] ??= new Map();
  return place[registryKey];
}
