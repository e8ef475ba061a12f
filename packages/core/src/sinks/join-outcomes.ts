import type { Reason } from "../ports/reason.ts";
import type { AckLevel, LateFate, SinkFate, WriteException, WriteOutcome } from "../ports/sink.ts";

type Refusal = Extract<WriteOutcome, { state: "refused" }>;
type Done = Extract<WriteOutcome, { state: "done" }>;
/** What became of one event at one sink. */
type Fate = SinkFate & Pick<WriteException, "late">;

const levels: readonly AckLevel[] = ["queued", "durable", "delivered"];

/** One answer to a write of `events` events that went to several sinks. */
export function joinOutcomes(outcomes: readonly WriteOutcome[], events: number): WriteOutcome {
  const refusals = outcomes.filter((outcome) => outcome.state === "refused");
  const done = outcomes.filter((outcome) => outcome.state === "done");
  const [refusal] = refusals;
  if (refusal !== undefined && done.length === 0) return longestWait(refusal, refusals);
  const reached = levels[Math.min(...done.map((outcome) => levels.indexOf(outcome.reached)))] ?? "queued";
  const except =
    refusal === undefined ? indicesOf(done) : Array.from({ length: events }, (_, index) => index);
  if (except.length === 0) return { state: "done", reached };
  const known = outcomes.map((outcome) => ({ outcome, exceptions: exceptionsOf(outcome) }));
  return {
    state: "done",
    reached,
    except: except.map((index) =>
      join(
        index,
        known.map(({ outcome, exceptions }) => fateAt(outcome, exceptions.get(index))),
      ),
    ),
  };
}

function longestWait(refusal: Refusal, refusals: readonly Refusal[]): WriteOutcome {
  const retryAfterMs = Math.max(...refusals.map((outcome) => outcome.retryAfterMs ?? 0));
  return { ...refusal, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) };
}

/** The events that some sink names, ascending. */
function indicesOf(done: readonly Done[]): readonly number[] {
  const indices = new Set(done.flatMap(({ except = [] }) => except.map(({ index }) => index)));
  return [...indices].toSorted((a, b) => a - b);
}

function exceptionsOf(outcome: WriteOutcome): ReadonlyMap<number, WriteException> {
  const except = outcome.state === "done" ? (outcome.except ?? []) : [];
  return new Map(except.map((exception) => [exception.index, exception]));
}

function fateAt(outcome: WriteOutcome, exception: WriteException | undefined): Fate {
  if (outcome.state === "refused") return { was: "refused", reason: outcome.reason };
  return exception ?? { was: outcome.reached };
}

/** What became of an event over all sinks, and at each. */
function join(index: number, fates: readonly Fate[]): WriteException {
  const { was, reason } = worst(fates);
  const sinks = fates.map(({ was: there, reason: why }) => ({
    was: there,
    ...(why === undefined ? {} : { reason: why }),
  }));
  const late = was === "unknown" ? joinLate(fates) : undefined;
  return { index, was, reason, sinks, ...(late === undefined ? {} : { late }) };
}

/**
 * One word for all: what is refused for good or given up anywhere will not be everywhere; what is nowhere was
 * taken back; of everything else only sending it again brings it to all.
 */
function worst(fates: readonly Fate[]): { readonly was: WriteException["was"]; readonly reason: Reason } {
  const first = (...kinds: readonly SinkFate["was"][]): Fate | undefined =>
    fates.find(({ was }) => kinds.includes(was));
  const nowhere = fates.every(({ was }) => was === "refused" || was === "withdrawn");
  const was =
    first("rejected") !== undefined
      ? "rejected"
      : first("dropped") !== undefined
        ? "dropped"
        : nowhere
          ? "withdrawn"
          : "unknown";
  const { reason = { code: was } } = first(was) ?? first("withdrawn", "refused", "unknown") ?? {};
  return { was, reason };
}

/** Tells when every sink has told. Nothing where one of them never got the event, or none will tell. */
function joinLate(fates: readonly Fate[]): Promise<LateFate> | undefined {
  const open = fates.some(({ was, late }) => was === "unknown" && late === undefined);
  const missing = fates.some(({ was }) => was === "refused" || was === "withdrawn");
  if (open || missing) return undefined;
  return Promise.all(fates.map(lateFate)).then((told) => {
    const failed = told.filter((fate) => !isReached(fate));
    return failed.length === 0 ? "delivered" : worst(told).was;
  });
}

async function lateFate({ was, reason, late }: Fate): Promise<Fate> {
  return { was: (await late) ?? was, ...(reason === undefined ? {} : { reason }) };
}

function isReached({ was }: Fate): boolean {
  return (levels as readonly string[]).includes(was);
}
