import type { ProblemHandler } from "../errors/problem.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import type { Sink } from "../ports/sink.ts";

/** A sink that lets some events through, and counts the others. */
export interface FilterSink extends Sink {
  /** Events that the predicate left out. They are in no ledger. */
  readonly filtered: number;
}

/**
 * Lets through the events that a predicate accepts. A predicate that throws accepts. An event left out
 * of a write counts as reached: it has arrived where it was meant to go.
 *
 * What is left out here has its number already, so that an audit of what has arrived calls it lost. Where audits
 * count, leave events out before that, by `beforeRecord` or `sample` of the client; and where several filtered sinks
 * lead to one place, let what a client says of itself (type `telemetry`) through exactly one of them.
 */
export function filter(sink: Sink, accepts: (event: ActivityEvent) => boolean): FilterSink {
  let filtered = 0;
  const passes = (event: ActivityEvent): boolean => {
    let accepted = true;
    try {
      accepted = accepts(event);
    } catch {
      // An event is not lost because a predicate could not read it.
    }
    if (!accepted) filtered++;
    return accepted;
  };
  return {
    record: (event) => {
      if (passes(event)) sink.record(event);
    },
    write: async (events, options) => {
      const indices = [...events.keys()].filter((index) => passes(events[index] as ActivityEvent)); // One of its own keys.
      const outcome = await sink.write(
        indices.map((index) => events[index] as ActivityEvent),
        options,
      ); // As above.
      if (outcome.state === "refused" || outcome.except === undefined) return outcome;
      return {
        ...outcome,
        except: outcome.except.map((exception) => ({
          ...exception,
          index: indices[exception.index] ?? exception.index,
        })),
      };
    },
    flush: (options) => sink.flush(options),
    close: (options) => sink.close(options),
    stats: () => sink.stats(),
    discard: (reason) => sink.discard?.(reason),
    get filtered() {
      return filtered;
    },
    get onProblem(): ProblemHandler | undefined {
      return sink.onProblem;
    },
    set onProblem(handler: ProblemHandler | undefined) {
      sink.onProblem = handler;
    },
  };
}
