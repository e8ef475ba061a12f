import type { AnyCatalog, OpenCatalog } from "../catalog/catalog-types.ts";
import type { Client, ClientOptions } from "../client/client.ts";
import { createClient as createCoreClient } from "../client/create-client.ts";
import { contextAttributes } from "./context-attributes.ts";

/**
 * Makes a client whose events also carry the attributes of the async context in which they are recorded, unless
 * `context` says otherwise. In all else it is `createClient` of the main entry.
 *
 * @throws INVALID_OPTION when an option is unusable.
 */
export function createClient<const C extends AnyCatalog = OpenCatalog>(options: ClientOptions<C>): Client<C> {
  return createCoreClient({ ...options, context: options.context ?? contextAttributes });
}
