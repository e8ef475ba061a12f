import { redactUrlsIn } from "../redact-url.ts";
import { mark } from "../waiting-event.ts";

type Members = Record<string, unknown>;

/**
 * Gives the event of an error its attributes: in its members stands what was thrown, as encoded in a list, under
 * the mark, and as `message` the mark with its text, name and stack, for what could not be encoded. In texts every URL is redacted; what the call gave itself stays.
 */
export function describeThrown({ [mark]: list, message, ...members }: Members): Members {
  const told: readonly unknown[] = Array.isArray(message) && message[0] === mark ? message : [];
  const isOwn = told.length === 0;
  const described: Members = {
    ...(Array.isArray(list) ? attributesOf(list[0]) : withoutRest(told)),
    ...(isOwn && { message }),
  };
  for (const [key, value] of Object.entries(described))
    members[key] ??= typeof value === "string" && !(isOwn && key === "message") ? redactUrlsIn(value) : value;
  return members;
}

function attributesOf(thrown: unknown): Members {
  const { name, message, stack, code, cause, errors } = Object(thrown) as Members;
  if (typeof name === "string" && typeof message === "string")
    return { error_name: name, message, code, stack, cause: shortCause(cause), errors };
  const other = "what was thrown is no error";
  return { message: typeof thrown === "string" ? thrown : other, thrown };
}

/** Of an error of which something could not be encoded, such as its cause: all the same what it is and where. */
function withoutRest([, text, name, stack]: readonly unknown[]): Members {
  if (typeof name !== "string" || typeof stack !== "string") return { message: text };
  const start = `${name}: `;
  const message = String(text).startsWith(start) ? String(text).slice(start.length) : text;
  return { error_name: name, message, stack };
}

/** A cause that is an error, as errors show themselves. */
function shortCause(cause: unknown): unknown {
  const { name, message } = Object(cause) as Members;
  if (typeof name !== "string" || typeof message !== "string") return cause;
  return [name, message].filter(Boolean).join(": ");
}
