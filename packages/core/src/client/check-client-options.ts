import { ActivityError } from "../errors/activity-error.ts";
import { quote } from "../event/check-envelope.ts";
import type { ClientOptions } from "./client.ts";

/** @throws INVALID_OPTION for the first option that is unusable. */
export function checkClientOptions({ sink, sample, maxEventBytes = 32_768 }: ClientOptions): void {
  if (typeof sink?.record !== "function") invalid("sink", sink, "a sink such as consoleSink()");
  if (typeof sample === "number" && !(sample > 0 && sample <= 1))
    invalid("sample", sample, "above 0 and up to 1");
  if (!(maxEventBytes >= 8_192)) invalid("maxEventBytes", maxEventBytes, "8,192 or more");
}

function invalid(option: string, value: unknown, allowed: string): never {
  throw new ActivityError("INVALID_OPTION", `${option} is ${quote(value)}; it must be ${allowed}`);
}
