import type { AnyCatalog, Client, ClientOptions, OpenCatalog } from "@activity/core";
import { warnOnce } from "@activity/core";
import { createClient as createNodeClient } from "@activity/core/node";
import { checkCalls, checkClientOptions } from "@activity/core/options";

/**
 * Makes a client whose events also carry the attributes of the async context in which they are recorded. Checks all of
 * its options, names too, and tells (`altered`) of a metric whose value is no finite number and of a user who is no text.
 *
 * @throws INVALID_OPTION when an option is unusable.
 */
export function createClient<const C extends AnyCatalog = OpenCatalog>(options: ClientOptions<C>): Client<C> {
  checkClientOptions(options);
  const all = { ...options, onProblem: options.onProblem ?? warnOnce() };
  return checkCalls(createNodeClient(all), all);
}
