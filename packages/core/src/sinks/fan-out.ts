import { ActivityError } from "../errors/activity-error.ts";
import type { ProblemHandler } from "../errors/problem.ts";
import type {
  AckLevel,
  DropReason,
  LedgerSnapshot,
  Sink,
  TimeoutOptions,
  WriteException,
  WriteOutcome,
} from "../ports/sink.ts";

const levels: readonly AckLevel[] = ["queued", "durable", "delivered"];
const severity: readonly WriteException["was"][] = ["unknown", "withdrawn", "dropped", "rejected"];

/**
 * Gives every event to several sinks. Each keeps its own ledger; `stats` adds them up, so that an event
 * counts once for each sink. A write is as good as its worst sink: an event is reached only where all
 * have reached it, and a write that some sinks took and another refused reports every event `unknown`,
 * since sending it again is the only way to reach them all.
 *
 * @throws INVALID_OPTION without any sink.
 */
export function fanOut(...sinks: readonly Sink[]): Sink {
  const [first] = sinks;
  if (first === undefined)
    throw new ActivityError("INVALID_OPTION", "fanOut got no sink; it needs one or more");
  const all = (call: (sink: Sink) => Promise<LedgerSnapshot>): Promise<LedgerSnapshot> =>
    Promise.all(sinks.map(call)).then(addLedgers);
  return {
    record: (event) => {
      for (const sink of sinks) sink.record(event);
    },
    write: async (events, options) =>
      worstOutcome(await Promise.all(sinks.map((sink) => sink.write(events, options))), events.length),
    flush: (options?: TimeoutOptions) => all((sink) => sink.flush(options)),
    close: (options?: TimeoutOptions) => all((sink) => sink.close(options)),
    stats: () => addLedgers(sinks.map((sink) => sink.stats())),
    discard: (reason) => {
      for (const sink of sinks) sink.discard?.(reason);
    },
    get onProblem(): ProblemHandler | undefined {
      return first.onProblem;
    },
    set onProblem(handler: ProblemHandler | undefined) {
      for (const sink of sinks) sink.onProblem ??= handler;
    },
  };
}

function worstOutcome(outcomes: readonly WriteOutcome[], events: number): WriteOutcome {
  const refusals = outcomes.filter((outcome) => outcome.state === "refused");
  const done = outcomes.filter((outcome) => outcome.state === "done");
  const [refusal] = refusals;
  if (refusal !== undefined && done.length === 0) {
    const retryAfterMs = Math.max(...refusals.map((outcome) => outcome.retryAfterMs ?? 0));
    return { ...refusal, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) };
  }
  const reached = levels[Math.min(...done.map((outcome) => levels.indexOf(outcome.reached)))] ?? "queued";
  const worst = new Map<number, WriteException>();
  for (const exception of [
    ...done.flatMap((outcome) => outcome.except ?? []),
    ...unknownEvents(refusal, events),
  ]) {
    const known = worst.get(exception.index);
    if (known === undefined || severity.indexOf(exception.was) > severity.indexOf(known.was))
      worst.set(exception.index, exception);
  }
  const except = [...worst.values()].toSorted((a, b) => a.index - b.index);
  return { state: "done", reached, ...(except.length > 0 ? { except } : {}) };
}

function unknownEvents(
  refusal: Extract<WriteOutcome, { state: "refused" }> | undefined,
  events: number,
): WriteException[] {
  if (refusal === undefined) return [];
  return Array.from({ length: events }, (_, index) => ({ index, was: "unknown", reason: refusal.reason }));
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
