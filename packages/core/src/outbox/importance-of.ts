import type { ActivityEvent } from "../event/activity-event.ts";
import type { Importance } from "../ports/store.ts";
import { importances } from "../ports/store.ts";

const { kept: _kept, ...byType } = { ...importances, telemetry: importances.billing };

/**
 * How much an event of a type matters when room is short: `billing` > `error` > `behavioral` > `log` >
 * `active` > `metric`. Unknown types count as `behavioral`, activity's own as `billing`.
 */
export function importanceOf(type: string): Importance {
  return Object.hasOwn(byType, type) ? byType[type as keyof typeof byType] : importances.behavioral; // Just asked.
}

/**
 * How much an event matters: what the host's function answers, and by its type where there is none or its
 * answer cannot be used. `kept` is not the host's to give.
 */
export function chooseImportance(
  event: ActivityEvent,
  own?: ((event: ActivityEvent) => Importance) | undefined,
): Importance {
  if (own === undefined) return importanceOf(event.event_type);
  const answer: number = ask(() => own(event)) ?? importances.kept;
  const usable = Number.isInteger(answer) && answer >= 0 && answer < importances.kept;
  return usable ? (answer as Importance) : importanceOf(event.event_type); // Compared just now.
}

/** What a function that is not ours answers; that it throws costs the event its place in line and nothing else. */
export function ask<T>(answer: () => T): T | undefined {
  try {
    return answer();
  } catch {
    return undefined;
  }
}
