import type { AnyCatalog, OpenCatalog } from "@activity/core";
import { brandedError } from "@activity/core";
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
  const client = globalThis.location ? pageClientOf(options) : createServerClient();
  return client as unknown as BrowserClient<C>;
}

function pageClientOf(options: BrowserClientOptions): LooseClient {
  const place = globalThis as { [registryKey]?: Map<string, LooseClient> };
  place[registryKey] ??= new Map();
  const clients = place[registryKey];
  const url = absoluteUrl(options.url);
  let client = clients.get(url);
  if (!client) {
    client = createPageClient(url, options, () => clients.delete(url));
    clients.set(url, client);
  }
  return client;
}

function absoluteUrl(url: string): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? location.href).href;
  } catch (cause) {
    const message = `url is ${JSON.stringify(url)}; it must be a URL or a path`;
    throw brandedError("INVALID_OPTION", message, cause);
  }
}
