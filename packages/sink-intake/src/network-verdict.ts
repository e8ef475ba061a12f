import type { Verdict } from "@activity/core";

/** Why an attempt ended without an answer. */
export type AttemptEnd = "aborted" | "timeout" | "failed";

/** Codes of the system that say that no connection came about, so that nothing was sent. */
const unconnected: ReadonlySet<string | undefined> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** How deep a chain of causes is followed. */
const maxCauses = 5;

/**
 * What an attempt without an answer means: nothing is known, so everything is sent again. Of what was
 * thrown only the system's code is told, since messages may hold addresses and headers.
 */
export function toNetworkVerdict(end: AttemptEnd, cause: unknown): Verdict {
  if (end === "aborted") return { kind: "retry", reason: { code: "aborted" } };
  if (end === "timeout") {
    const detail = "the intake did not answer in time";
    return { kind: "retry", reason: { code: "timeout", detail }, scope: "destination" };
  }
  const code = codeOf(cause);
  const reason = { code: "unreachable", detail: `the intake could not be reached${suffixOf(code)}` };
  return { kind: "retry", reason, scope: "destination", ...(unconnected.has(code) ? { unsent: true } : {}) };
}

function suffixOf(code: string | undefined): string {
  return code === undefined ? "" : ` (${code})`;
}

/** The code of an error or of what caused it, such as `ECONNREFUSED`. */
function codeOf(thrown: unknown): string | undefined {
  let error = thrown;
  for (let depth = 0; typeof error === "object" && error !== null && depth < maxCauses; depth++) {
    if ("code" in error && typeof error.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(error.code))
      return error.code;
    error = "cause" in error ? error.cause : undefined;
  }
  return undefined;
}
