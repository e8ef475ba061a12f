import type { Attributes } from "../event/activity-event.ts";
import type { Definitions } from "./catalog-types.ts";

/** What of a catalog an event is checked against. */
export interface Rules {
  readonly definitions: Definitions;
  readonly open: readonly string[];
}

/** What of an event a catalog looks at. */
export interface EventToCheck {
  readonly type: string;
  readonly name: string;
  readonly attributes?: Attributes | undefined;
}
