import { checkNumber } from "../errors/check-number.ts";
import type { ProblemHandler } from "../errors/problem.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Importance } from "../ports/store.ts";
import type { RetryOptions } from "./gate.ts";

/** Options of an outbox. Each has a default. */
export interface OutboxOptions {
  /** How long a recorded event may wait for others to fill a batch, in milliseconds. @defaultValue 1,000 */
  readonly lingerMs?: number | undefined;
  /** @defaultValue a random part of 200 ms · 2ⁿ, at most 60 s */
  readonly retry?: RetryOptions | undefined;
  /** How long an event may wait before it is dropped as `expired`, in milliseconds. @defaultValue no limit */
  readonly maxAgeMs?: number | undefined;
  /**
   * How much an event matters when room is short. `kept` is for events that `write` took and counts as no
   * answer. @defaultValue by its type, see {@link importanceOf}
   */
  readonly importanceOf?: ((event: ActivityEvent) => Importance) | undefined;
  /** Whether dropped and rejected events are named downstream by `events_dropped`. @defaultValue true */
  readonly announceDrops?: boolean | undefined;
  readonly onProblem?: ProblemHandler | undefined;
  readonly clock?: Clock | undefined;
}

/** @throws INVALID_OPTION for a number that is out of its range */
export function checkOutboxOptions(options: Pick<OutboxOptions, "lingerMs" | "maxAgeMs" | "retry">): void {
  checkNumber("lingerMs", options.lingerMs, { min: 0 });
  checkNumber("maxAgeMs", options.maxAgeMs, { min: 1 });
  checkNumber("retry.baseMs", options.retry?.baseMs, { min: 0 });
  checkNumber("retry.capMs", options.retry?.capMs, { min: 0 });
}
