import { nanoid } from "nanoid";
import { systemClock } from "../clock.ts";
import { defaultLimits } from "../limits.ts";
import type { ActivityEvent, Attributes } from "./activity-event.ts";
import { brandEvent } from "./activity-event.ts";
import { checkField } from "./check-envelope.ts";
import { encodeCarefully } from "./encode-attributes.ts";
import { encodeHead } from "./encode-head.ts";
import { checkAttributes, invalidEvent } from "./event-problems.ts";
import { fitAttributes, joinEvent, markAlterations } from "./encode-event.ts";

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
  const { type, name, id = nanoid(), time = new Date(systemClock.now()).toISOString(), attributes } = input;
  const problems = [
    checkField("event_id", id),
    checkField("event_time", time),
    checkField("event_type", type),
    checkField("event_name", name),
    checkAttributes(attributes),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw invalidEvent(problems);
  const head = encodeHead(type, name);
  const text = fitAttributes(
    head,
    markAlterations(encodeCarefully([attributes])),
    input.maxBytes ?? defaultLimits.createdEventMaxBytes,
  );
  return brandEvent(joinEvent(id, time, head, text), id, time, type, name);
}
