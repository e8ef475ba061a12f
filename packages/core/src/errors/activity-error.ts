import { errorBrand } from "./error-brand.ts";
import type { EventProblem } from "./problem.ts";

/** Stable names for what can go wrong; each has a row in `docs/errors.md`. */
export type ActivityErrorCode = "INVALID_EVENT" | "INVALID_OPTION" | "CLOSED" | "OFF_CATALOG";

/** What {@link ActivityError} is made from. */
export interface ActivityErrorOptions {
  readonly cause?: unknown;
  /** Whether doing the same again can succeed. @defaultValue false */
  readonly retryable?: boolean | undefined;
  readonly problems?: readonly EventProblem[] | undefined;
}

/**
 * The one error class of these packages. `instanceof` works across duplicate installs and module formats,
 * because it looks at a shared brand and not at the class.
 */
export class ActivityError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && errorBrand in value;
  }

  declare readonly code: ActivityErrorCode;
  declare readonly retryable: boolean;
  /** What was wrong with the event, for `INVALID_EVENT` and `OFF_CATALOG`; else empty. */
  declare readonly problems: readonly EventProblem[];

  constructor(code: ActivityErrorCode, message: string, options: ActivityErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.problems = options.problems ?? [];
    this.name = "ActivityError";
    Object.defineProperty(this, errorBrand, { value: true });
  }
}
