import { checkField } from "../event/check-envelope.ts";
import type { EncodedAttributes } from "../event/encode-carefully.ts";
import { encodeCarefully } from "../event/encode-carefully.ts";
import { parseMembers } from "../event/parse-members.ts";
import type { ClientOptions, EventDraft } from "./client.ts";

/** What a hook left of an event. */
export interface HookedEvent {
  readonly type: string;
  readonly name: string;
  readonly encoded: EncodedAttributes;
}

/**
 * Shows an event to the host's hook; `null` when the hook left it out.
 *
 * @throws what the hook throws, and a TypeError when it returns neither an object nor `null`, or a promise.
 */
export function applyHook(
  hook: NonNullable<ClientOptions["beforeRecord"]>,
  { type, name, encoded }: HookedEvent,
  time: string,
): HookedEvent | null {
  const draft = {
    event_time: time,
    event_type: type,
    event_name: name,
    ...parseMembers(encoded.text),
  } as EventDraft; // Just encoded.
  const left = hook(draft);
  if (left === null) return null;
  if (typeof left !== "object" || typeof left["then"] === "function") {
    Promise.resolve(left).catch(() => undefined); // Its rejection would end the process.
    throw new TypeError("beforeRecord must return an event or null");
  }
  const { event_id: _id, event_time: _time, event_type, event_name, ...attributes } = left;
  const again = encodeCarefully([attributes]);
  return {
    type: checkField("event_type", event_type) ? type : (event_type as string), // Checked in this line.
    name: checkField("event_name", event_name) ? name : (event_name as string), // Checked in this line.
    encoded: {
      text: again.text,
      problems: [...encoded.problems, ...again.problems],
      omitted: encoded.omitted + again.omitted,
    },
  };
}
