import type { ActivityEvent, AnsweredProblem, EventProblem, EventProblemCode } from "@activity/core";
import { eventTimeMs, httpContract, parseEventText } from "@activity/core";
import type { ProxyLimits } from "./proxy-options.ts";
import { sliceJson } from "./slice-json.ts";
import type { Slice } from "./sliced-body.ts";
import { textOf } from "./sliced-body.ts";
import type { Stamper } from "./stamper.ts";

/** The events of a body, good and bad apart. */
export interface CheckedEvents {
  readonly good: readonly ActivityEvent[];
  /** Where each good event stands in the body. */
  readonly places: readonly number[];
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
export function checkEvents(slices: readonly Slice[], context: CheckContext): CheckedEvents {
  const good: ActivityEvent[] = [];
  const places: number[] = [];
  const problems: AnsweredProblem[] = [];
  for (let index = 0; index < slices.length; index++) {
    const slice = slices[index];
    const checked = slice === undefined ? [notUtf8] : checkSlice(slice, context);
    if ("text" in checked) {
      good.push(checked);
      places.push(index);
      continue;
    }
    // Only those that will be listed are worth another look for their id.
    const listed = problems.length < httpContract.maxProblems;
    problems.push(answerProblem(index, checked, listed ? slice : undefined));
  }
  return { good, places, problems };
}

const notUtf8: EventProblem = { code: "bad_unicode", pointer: "", detail: "the event is not valid UTF-8" };

function checkSlice(
  slice: ActivityEvent | string,
  context: CheckContext,
): ActivityEvent | readonly EventProblem[] {
  const { limits, stamper } = context;
  const known =
    typeof slice === "string" ? undefined : stamper === undefined ? slice : stamper.stampEvent(slice);
  const checked = known ?? checkText(typeof slice === "string" ? slice : slice.text, context);
  const tooFar =
    "text" in checked && limits.maxFutureMs < Number.POSITIVE_INFINITY && isTooFar(checked, context);
  return tooFar ? [tooFarAhead(limits.maxFutureMs)] : checked;
}

function checkText(
  slice: string,
  { limits, stamper }: CheckContext,
): ActivityEvent | readonly EventProblem[] {
  const stamped = stamper?.stampText(slice) ?? { text: slice, addedBytes: 0, addedKeys: 0 };
  if ("problem" in stamped) return [stamped.problem];
  const { event, problems } = parseEventText(stamped.text, {
    maxBytes: limits.maxEventBytes + stamped.addedBytes,
    maxKeys: limits.maxKeys + stamped.addedKeys,
    maxDepth: limits.maxDepth,
  });
  return event ?? problems;
}

function isTooFar(event: ActivityEvent, { limits, nowMs }: CheckContext): boolean {
  return eventTimeMs(event.event_time) > nowMs + limits.maxFutureMs;
}

function tooFarAhead(maxFutureMs: number): EventProblem {
  const detail = `event_time is more than ${maxFutureMs} ms ahead of the server's clock`;
  return { code: "time_too_far", pointer: "/event_time", detail };
}

function answerProblem(index: number, problems: readonly EventProblem[], slice: Slice): AnsweredProblem {
  const [first = notUtf8] = problems;
  const id = slice === undefined ? undefined : readId(textOf(slice) ?? "", first.code);
  return {
    index,
    ...(id === undefined ? {} : { event_id: id }),
    pointer: first.pointer,
    code: first.code,
    detail: problems.map(({ detail }) => detail).join("; "),
  };
}

/** The id of an event that is bad otherwise, so that its sender can find it. */
function readId(slice: string, code: EventProblemCode): string | undefined {
  try {
    const id = code === "too_deep" ? memberOf(slice, "event_id") : idOf(JSON.parse(slice));
    return typeof id === "string" && idShape.test(id) ? id : undefined;
  } catch {
    return undefined; // Not JSON: it has no id.
  }
}

function idOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "event_id" in value ? value.event_id : undefined;
}

/** One member, without building the others. */
function memberOf(slice: string, name: string): unknown {
  const part = sliceJson(slice, 0).findLast(({ key }) => key === name);
  return part && slice[part.start] === '"' ? JSON.parse(slice.slice(part.start, part.end)) : undefined;
}
