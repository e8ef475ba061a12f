import { ActivityError } from "../errors/activity-error.ts";
import type { ProblemHandler } from "../errors/problem.ts";
import type { DropReason, LedgerSnapshot, Sink, TimeoutOptions } from "../ports/sink.ts";
import { joinOutcomes } from "./join-outcomes.ts";

/**
 * Gives every event to several sinks. Each keeps its own ledger; `stats` adds them up, so that an event
 * counts once for each sink. A write is as good as its worst sink: an event has reached a level when it has
 * at every sink. What has not says in `sinks` what became of it at each; in one word it is `rejected` or
 * `dropped` where any sink says so, `withdrawn` where it is at none, and else `unknown`: sending it again is the
 * only way to reach all, and those that have it already leave it out by its id.
 *
 * @throws INVALID_OPTION without any sink, and for what is none, such as a list of them.
 */
export function fanOut(...sinks: readonly Sink[]): Sink {
  if (sinks.length === 0)
    throw new ActivityError("INVALID_OPTION", "fanOut got no sink; it needs one or more");
  for (const [index, sink] of sinks.entries()) {
    if (typeof sink?.record === "function") continue;
    const got = Array.isArray(sink) ? "a list; sinks are given one by one, fanOut(a, b)" : "no sink";
    throw new ActivityError("INVALID_OPTION", `argument ${index + 1} of fanOut is ${got}`);
  }
  const all = (call: (sink: Sink) => Promise<LedgerSnapshot>): Promise<LedgerSnapshot> =>
    Promise.all(sinks.map(call)).then(addLedgers);
  return {
    record: (event) => {
      for (const sink of sinks) sink.record(event);
    },
    write: async (events, options) =>
      joinOutcomes(await Promise.all(sinks.map((sink) => sink.write(events, options))), events.length),
    flush: (options?: TimeoutOptions) => all((sink) => sink.flush(options)),
    close: (options?: TimeoutOptions) => all((sink) => sink.close(options)),
    stats: () => addLedgers(sinks.map((sink) => sink.stats())),
    discard: (reason) => {
      for (const sink of sinks) sink.discard?.(reason);
    },
    get onProblem(): ProblemHandler | undefined {
      // Only where each has one there is nothing left to be set.
      return sinks.every((sink) => sink.onProblem) ? sinks[0]?.onProblem : undefined;
    },
    set onProblem(handler: ProblemHandler | undefined) {
      for (const sink of sinks) sink.onProblem ??= handler;
    },
  };
}

function addLedgers(ledgers: readonly LedgerSnapshot[]): LedgerSnapshot {
  const sum = (pick: (ledger: LedgerSnapshot) => number): number =>
    ledgers.reduce((total, ledger) => total + pick(ledger), 0);
  const droppedBy: Partial<Record<DropReason, number>> = {};
  for (const ledger of ledgers) {
    for (const [reason, count] of Object.entries(ledger.droppedBy) as [DropReason, number][]) {
      droppedBy[reason] = (droppedBy[reason] ?? 0) + count; // Its keys are drop reasons by type.
    }
  }
  return {
    recorded: sum((ledger) => ledger.recorded),
    adopted: sum((ledger) => ledger.adopted),
    delivered: sum((ledger) => ledger.delivered),
    handedOver: sum((ledger) => ledger.handedOver),
    pending: sum((ledger) => ledger.pending),
    rejected: sum((ledger) => ledger.rejected),
    dropped: sum((ledger) => ledger.dropped),
    droppedBy,
    withdrawn: sum((ledger) => ledger.withdrawn),
    repeats: sum((ledger) => ledger.repeats),
  };
}
