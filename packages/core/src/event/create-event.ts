import { nanoid } from "nanoid";
import { wallClock } from "../clock.ts";
import { createdEventMaxBytes } from "../limits.ts";
import type { ActivityEvent, Attributes } from "./activity-event.ts";
import { brandEvent } from "./activity-event.ts";
import { checkFields } from "./check-envelope.ts";
import { encodeCarefully } from "./encode-carefully.ts";
import { checkAttributes, invalidEvent } from "./event-problems.ts";
import { encodeHead, finishAttributes } from "./encode-event.ts";

/** What an event is made of. */
export interface EventInput {
  readonly type: string;
  readonly name: string;
  readonly attributes?: Attributes | undefined;
  /** @defaultValue a nanoid of 21 characters. Events of a client are numbered instead: `<source>.<n>`. */
  readonly id?: string | undefined;
  /** RFC 3339 with an offset, kept as it is. @defaultValue now, in UTC with milliseconds */
  readonly time?: string | undefined;
  /** Bytes above which the largest attributes are shortened. @defaultValue 32,768 */
  readonly maxBytes?: number | undefined;
}

/**
 * Makes one event.
 *
 * @throws INVALID_EVENT when one of the four fields or the attributes as a whole are unusable; `problems`
 * lists each. A single attribute never throws: what cannot be encoded is left out and named in
 * `encoding_problems`.
 */
export function createEvent(input: EventInput): ActivityEvent {
  const { type, name, id = nanoid(), time = new Date(wallClock.now()).toISOString(), attributes } = input;
  const problems = checkFields({ event_id: id, event_time: time, event_type: type, event_name: name });
  const unusable = checkAttributes(attributes);
  if (unusable) problems.push(unusable);
  if (problems.length > 0) throw invalidEvent(problems);
  const head = encodeHead(type, name);
  const text = finishAttributes(encodeCarefully([attributes]), head, input.maxBytes ?? createdEventMaxBytes);
  // Of visible ASCII only these two are escaped.
  const escapedId = id.replace(/["\\]/g, "\\$&");
  return brandEvent(`{"event_id":"${escapedId}","event_time":"${time}"${head}${text}}`, id, time, type, name);
}
