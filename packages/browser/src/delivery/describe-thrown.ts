import { redactUrlsIn } from "../redact-url.ts";
import { mark } from "../waiting-event.ts";

type Members = Record<string, unknown>;

/**
 * Gives the event of an error its attributes: in its members stands what was thrown, as encoded in a list, under
 * the mark, and the mark and its text as `message`. In texts every URL is redacted; what the call gave itself stays.
 */
export function describeThrown({ [mark]: list, message, ...members }: Members): Members {
  const isOwn = !String(message).startsWith(mark);
  const text = String(message).slice(1);
  const described: Members = {
    // Where it could not be encoded, its text has to do.
    ...(Array.isArray(list) ? attributesOf(list[0], text) : { message: text }),
    ...(isOwn && { message }),
  };
  for (const [key, value] of Object.entries(described))
    members[key] ??= typeof value === "string" && !(isOwn && key === "message") ? redactUrlsIn(value) : value;
  return members;
}

function attributesOf(thrown: unknown, text: string): Members {
  const { name, message, stack, code, cause, errors } = Object(thrown) as Members;
  if (typeof name === "string" && typeof message === "string")
    return { error_name: name, message, code, stack, cause: shortCause(cause), errors };
  const other = "something else than an error was thrown";
  return { message: typeof thrown === "string" ? text : other, thrown };
}

/** A cause that is an error, as errors show themselves. */
function shortCause(cause: unknown): unknown {
  const { name, message } = Object(cause) as Members;
  if (typeof name !== "string" || typeof message !== "string") return cause;
  return [name, message].filter(Boolean).join(": ");
}
