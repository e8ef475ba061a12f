import { quote } from "../event/check-envelope.ts";
import { ActivityError } from "./activity-error.ts";

/** The error for an option that is unusable. */
export function invalidOption(option: string, value: unknown, allowed: string): ActivityError {
  return new ActivityError("INVALID_OPTION", `${option} is ${quote(value)}; it must be ${allowed}`);
}
