import type { EventObject } from "@activity/core";
import { memorySink } from "@activity/core";
import type { ProxyOptions } from "@activity/proxy";
import { createProxy } from "@activity/proxy";

/** An event as it was found somewhere: which of those recorded it is, and the id that it came under. */
export interface Arrival {
  readonly n: number;
  readonly id: string;
}

/** What a server says. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What stands behind a collector: reads the bodies of one kind of client, and keeps their events. */
export interface FinalStore {
  /** The events of a body that carry a number `n`. */
  arrivalsIn(text: string): readonly Arrival[];
  take(text: string): Promise<Answer>;
  /** How its maker's servers word a refusal, where more than the status counts. */
  refusal?(answer: Answer): Answer;
  /** Everything that it keeps. */
  readonly stored: readonly Arrival[];
}

/** The store of our own clients, which also shows events as they stand. */
export interface ProxyStore extends FinalStore {
  readonly events: readonly EventObject[];
}

/** The real proxy, with all its checks, its answers and its window of repeats, over a sink in memory. */
export function proxyStore(options: Pick<ProxyOptions, "dedupe"> = {}): ProxyStore {
  const sink = memorySink();
  const proxy = createProxy({ sink, ...options });
  const headers = { "content-type": "application/x-ndjson" };
  return {
    arrivalsIn: (text) => numbered(text.split("\n").filter(Boolean).map(readEvent)),
    take: async (text) => {
      const request = new Request("http://127.0.0.1/", { method: "POST", body: text, headers });
      const response = await proxy.fetch(request);
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
    },
    get events() {
      return sink.events;
    },
    get stored() {
      return numbered(sink.events);
    },
  };
}

function readEvent(line: string): EventObject {
  return JSON.parse(line) as EventObject; // The proxy checks it; a test only looks for its number.
}

function numbered(events: readonly EventObject[]): readonly Arrival[] {
  return events.flatMap(({ event_id: id, n }) => (typeof n === "number" ? [{ n, id }] : []));
}
