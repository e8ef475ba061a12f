import type { ActivityErrorCode } from "./activity-error.ts";

const brand = /* @__PURE__ */ Symbol.for("@activity/error");

/** An error that `instanceof ActivityError` knows by its brand, for pages, where every byte counts. */
export function brandedError(code: ActivityErrorCode, message: string, cause: unknown): Error {
  const members = { name: "ActivityError", code, retryable: false, problems: [], [brand]: true };
  return Object.assign(new Error(message, { cause }), members);
}
