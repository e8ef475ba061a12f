import { createId } from "../client/create-id.ts";
import { wallClock } from "../clock.ts";
import { invalidOption } from "../errors/invalid-option.ts";
import type { EventProblem } from "../errors/problem.ts";
import { createdEventMaxBytes, createdEventMinBytes } from "../limits.ts";
import type { ActivityEvent, Attributes } from "./activity-event.ts";
import { brandEvent } from "./activity-event.ts";
import { checkFields, quote } from "./check-envelope.ts";
import { encodeCarefully } from "./encode-carefully.ts";
import { encodeHead, finishAttributes } from "./encode-event.ts";
import { checkAttributes, invalidEvent } from "./event-problems.ts";

/** A created event's time has fewer characters: a fraction without end would take the room of the attributes. */
const maxTimeChars = 128;

/** What an event is made of. */
export interface EventInput {
  readonly type: string;
  readonly name: string;
  readonly attributes?: Attributes | undefined;
  /** @defaultValue a nanoid of 21 characters. Events of a client are numbered instead: `<source>.<n>`. */
  readonly id?: string | undefined;
  /** RFC 3339 with an offset, kept as it is; at most 128 characters. @defaultValue now, in UTC with milliseconds */
  readonly time?: string | undefined;
  /** Bytes above which the largest attributes are shortened; 8,192 or more. @defaultValue 32,768 */
  readonly maxBytes?: number | undefined;
}

/**
 * Makes one event.
 *
 * @throws INVALID_EVENT when one of the four fields or the attributes as a whole are unusable; `problems`
 * lists each. A single attribute never throws: what cannot be encoded is left out and named in
 * `encoding_problems`.
 * @throws INVALID_OPTION when `maxBytes` is less than 8,192.
 */
export function createEvent(input: EventInput): ActivityEvent {
  const { type, name, id = createId(), time = new Date(wallClock.now()).toISOString(), attributes } = input;
  const { maxBytes = createdEventMaxBytes } = input;
  if (!(maxBytes >= createdEventMinBytes))
    throw invalidOption("maxBytes", maxBytes, `${createdEventMinBytes} or more`);
  const problems = checkFields({ event_id: id, event_time: time, event_type: type, event_name: name });
  if (time?.length > maxTimeChars)
    problems.push({
      code: "too_long",
      pointer: "/event_time",
      detail: `event_time is ${quote(time)}; it must be at most ${maxTimeChars} characters`,
    });
  const unusable = checkAttributes(attributes);
  if (unusable) problems.push(unusable);
  if (problems.length > 0) throw invalidEvent(problems.map(inWordsOfInput));
  const head = encodeHead(type, name);
  const text = finishAttributes(encodeCarefully([attributes]), head, maxBytes - time.length);
  // Of visible ASCII only these two are escaped.
  const escapedId = id.replace(/["\\]/g, "\\$&");
  return brandEvent(`{"event_id":"${escapedId}","event_time":"${time}"${head}${text}}`, id, time, type, name);
}

/** Who left `type` out knows no `event_type`. */
function inWordsOfInput({ detail, ...problem }: EventProblem): EventProblem {
  return { ...problem, detail: detail.replace(/^event_(\w+) is missing/, "$1 is missing") };
}
