import type { ActivityErrorCode } from "./activity-error.ts";
import { errorBrand } from "./error-brand.ts";

/** An error that `instanceof ActivityError` knows by its brand, for pages, where every byte counts. */
export function brandedError(code: ActivityErrorCode, message: string, cause: unknown): Error {
  const members = { name: "ActivityError", code, retryable: false, problems: [], [errorBrand]: true };
  return Object.assign(new Error(message, { cause }), members);
}
