import type { Attributes, Client, EventProblem, ProblemHandler, Sink } from "@activity/core";
import { eventTypes, noopSink } from "@activity/core";
import type { CliState } from "./cli-state.ts";

/** A client before a catalog narrows it. */
export interface LooseClient extends Omit<Client, "track" | "record" | "recordMetric" | "with" | "withUser"> {
  track(name: string, attributes?: Attributes): void;
  record(type: string, name: string, attributes?: Attributes): void;
  recordMetric(name: string, value: number, attributes?: Attributes): void;
  with(attributes: Attributes): LooseClient;
  withUser(userId: string): LooseClient;
}

/** What a client leaves out. Like everything while telemetry is off, it takes no number. */
export interface ClientFilter {
  readonly metrics: boolean;
}

/** A client that records while there is consent, and otherwise does nothing. */
export function consentingClient(state: CliState, filter: ClientFilter): LooseClient {
  return derive(() => state.current()?.client as LooseClient | undefined, state, filter); // A catalog only narrows it.
}

/** A sink that takes events while there is consent. */
export function consentingSink(state: CliState): Sink {
  const sink = (): Sink | undefined => state.current()?.sink;
  return {
    record: (event) => sink()?.record(event),
    write: async (events, options) =>
      sink()?.write(events, options) ?? { state: "refused", reason: { code: "consent" } },
    flush: async (options) => sink()?.flush(options) ?? noopSink().stats(),
    close: (options) => state.close(options),
    stats: () => state.stats(),
    discard: (reason) => sink()?.discard?.(reason),
    get onProblem(): ProblemHandler | undefined {
      return sink()?.onProblem;
    },
    set onProblem(handler: ProblemHandler | undefined) {
      const inner = sink();
      if (inner !== undefined) inner.onProblem = handler;
    },
  };
}

function derive(base: () => LooseClient | undefined, state: CliState, filter: ClientFilter): LooseClient {
  const child = (attributes: Attributes): LooseClient => {
    let parent: LooseClient | undefined;
    let own: LooseClient | undefined;
    // Consent may be given later, or again: then there is another client to be a child of.
    const current = (): LooseClient | undefined => {
      const now = base();
      if (now !== parent) own = now?.with(attributes);
      parent = now;
      return own;
    };
    current();
    return derive(current, state, filter);
  };
  const passes = (type: string): boolean => filter.metrics || type !== eventTypes.metric;
  return {
    track: (name, attributes) => base()?.track(name, attributes),
    record: (type, name, attributes) => {
      if (passes(type)) base()?.record(type, name, attributes);
    },
    recordMetric: (name, value, attributes) => {
      if (passes(eventTypes.metric)) base()?.recordMetric(name, value, attributes);
    },
    recordError: (error, attributes) => base()?.recordError(error, attributes),
    forward: (event): readonly EventProblem[] => base()?.forward(event) ?? [],
    with: child,
    withUser: (userId) => child({ user_id: userId }),
    flush: (timeout) => state.flush(timeout),
    close: (timeout) => state.close(timeout),
    stats: () => state.stats(),
  };
}
