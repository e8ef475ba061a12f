import type { ActivityEvent, AnsweredProblem, EventProblem } from "@activity/core";
import { eventTimeMs, httpContract, parseEventText } from "@activity/core";
import type { ProxyLimits } from "./proxy-options.ts";
import type { Stamper } from "./stamper.ts";

/** An event that passed the checks, and its place in the body. */
export interface CheckedEvent {
  readonly index: number;
  readonly event: ActivityEvent;
}

/** The events of a body, good and bad apart. */
export interface CheckedEvents {
  readonly good: readonly CheckedEvent[];
  /** One for each bad event, in the order of the body. */
  readonly problems: readonly AnsweredProblem[];
}

/** What checking needs. */
export interface CheckContext {
  readonly limits: ProxyLimits;
  /** Wall-clock milliseconds. */
  readonly nowMs: number;
  readonly stamper: Stamper | undefined;
}

const idShape = /^[!-~]{1,128}$/;

/** Checks every event of a body; a bad one harms no other. */
export function checkEvents(slices: readonly (string | undefined)[], context: CheckContext): CheckedEvents {
  const good: CheckedEvent[] = [];
  const problems: AnsweredProblem[] = [];
  for (const [index, slice] of slices.entries()) {
    const checked = slice === undefined ? [notUtf8] : checkEvent(slice, context);
    if ("text" in checked) good.push({ index, event: checked });
    // Only those that will be listed are worth another look for their id.
    else
      problems.push(
        answerProblem(index, checked, problems.length < httpContract.maxProblems ? slice : undefined),
      );
  }
  return { good, problems };
}

const notUtf8: EventProblem = { code: "bad_unicode", pointer: "", detail: "the event is not valid UTF-8" };

function checkEvent(slice: string, context: CheckContext): ActivityEvent | readonly EventProblem[] {
  const { limits, stamper } = context;
  const stamped = stamper?.(slice) ?? { text: slice, addedBytes: 0, addedKeys: 0 };
  if ("problem" in stamped) return [stamped.problem];
  const { event, problems } = parseEventText(stamped.text, {
    maxBytes: limits.maxEventBytes + stamped.addedBytes,
    maxKeys: limits.maxKeys + stamped.addedKeys,
    maxDepth: limits.maxDepth,
  });
  if (problems !== undefined) return problems;
  return isTooFar(event, context) ? [tooFar(limits.maxFutureMs)] : event;
}

function isTooFar(event: ActivityEvent, { limits, nowMs }: CheckContext): boolean {
  return (
    limits.maxFutureMs < Number.POSITIVE_INFINITY &&
    eventTimeMs(event.event_time) > nowMs + limits.maxFutureMs
  );
}

function tooFar(maxFutureMs: number): EventProblem {
  const detail = `event_time is more than ${maxFutureMs} ms ahead of the server's clock`;
  return { code: "time_too_far", pointer: "/event_time", detail };
}

function answerProblem(
  index: number,
  problems: readonly EventProblem[],
  slice: string | undefined,
): AnsweredProblem {
  const [first = notUtf8] = problems;
  const id = slice === undefined ? undefined : readId(slice);
  return {
    index,
    ...(id === undefined ? {} : { event_id: id }),
    pointer: first.pointer,
    code: first.code,
    detail: problems.map(({ detail }) => detail).join("; "),
  };
}

/** The id of an event that is bad otherwise, so that its sender can find it. */
function readId(slice: string): string | undefined {
  try {
    const value: unknown = JSON.parse(slice);
    const id =
      typeof value === "object" && value !== null && "event_id" in value ? value.event_id : undefined;
    return typeof id === "string" && idShape.test(id) ? id : undefined;
  } catch {
    return undefined; // Not JSON: it has no id.
  }
}
