import type { AnyCatalog, Attributes, EventProblem } from "@activity/core";
import type { BrowserClient } from "../browser-client.ts";
import type { LooseClient } from "../page-client.ts";

/** Told of a call that does not fit the catalog. */
export type MismatchHandler = (event: string, problems: readonly EventProblem[]) => void;

/**
 * A client that holds every call against a catalog at run time and records it all the same. For development: types are
 * checked when the page is compiled, values only here; leave it out of what visitors load.
 *
 * @param onMismatch @defaultValue says it on the console, each time
 * @example
 * const client = createBrowserClient<typeof catalog>(options);
 * export const activity = import.meta.env.DEV ? validated(client, catalog) : client;
 */
export function validated<C extends AnyCatalog>(
  client: BrowserClient<C>,
  catalog: C,
  onMismatch: MismatchHandler = warn,
): BrowserClient<C> {
  const loose = client as unknown as LooseClient; // The catalog narrows what may be asked for, nothing else.
  const check = (type: string, name: string, attributes?: Attributes): void => {
    const problems = catalog.check(type, name, attributes);
    if (problems.length > 0) onMismatch(`${type} ${name}`, problems);
  };
  const checked: LooseClient = {
    ...loose,
    track: (name, attributes) => {
      check("behavioral", name, attributes);
      loose.track(name, attributes);
    },
    record: (type, name, attributes) => {
      check(type, name, attributes);
      loose.record(type, name, attributes);
    },
    recordMetric: (name, value, attributes) => {
      check("metric", name, attributes);
      loose.recordMetric(name, value, attributes);
    },
  };
  return checked as unknown as BrowserClient<C>; // As above.
}

function warn(event: string, problems: readonly EventProblem[]): void {
  console.warn(
    `activity: "${event}" is not in the catalog: ${problems.map(({ detail }) => detail).join("; ")}`,
  );
}
