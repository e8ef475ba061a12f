import type { Importance } from "../ports/store.ts";
import { importances } from "../ports/store.ts";

const byType = new Map<string, Importance>(
  Object.entries({ ...importances, kept: importances.behavioral, telemetry: importances.billing }),
);

/**
 * How much an event of a type matters when room is short: `billing` > `error` > `behavioral` > `log` >
 * `active` > `metric`. Unknown types count as `behavioral`, activity's own as `billing`.
 */
export function importanceOf(type: string): Importance {
  return byType.get(type) ?? importances.behavioral;
}
