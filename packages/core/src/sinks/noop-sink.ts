import type { Sink } from "../ports/sink.ts";
import { immediateSink } from "./immediate-sink.ts";

/** Takes events and forgets them: for programs whose telemetry is switched off. */
export function noopSink(): Sink {
  return immediateSink(() => undefined);
}
