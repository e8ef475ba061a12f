import type { Attributes } from "@activity/core";
import { redactUrlsIn } from "./redact-url.ts";

/** The parts of a thrown value that may hold URLs, redacted; laid over what core says about it. */
export function describeError(thrown: unknown): Attributes {
  if (typeof thrown === "string") return { message: redactUrlsIn(thrown) };
  if (!(thrown instanceof Error)) return {};
  const { message, stack, cause } = thrown;
  return {
    message: redactUrlsIn(message),
    ...(stack === undefined ? {} : { stack: redactUrlsIn(stack) }),
    ...(cause === undefined ? {} : { cause: redactUrlsIn(String(cause)) }),
  };
}
