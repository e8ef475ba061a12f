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
