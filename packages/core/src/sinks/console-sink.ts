import type { ActivityEvent } from "../event/activity-event.ts";
import { envelopeFields } from "../event/check-envelope.ts";
import type { Sink } from "../ports/sink.ts";
import { immediateSink } from "./immediate-sink.ts";

/** Options of a console sink. */
export interface ConsoleSinkOptions {
  /** Takes one line, without its line end. @defaultValue `console.log` */
  readonly write?: ((line: string) => void) | undefined;
  /** `pretty`: time, type, name and attributes for people · `json`: the event's own text. @defaultValue "pretty" */
  readonly format?: "pretty" | "json" | undefined;
}

/** Prints every event as it is recorded: for development, and to see what a program sends. */
export function consoleSink(options: ConsoleSinkOptions = {}): Sink {
  const { write = (line) => console.log(line), format = "pretty" } = options;
  return immediateSink((event) => {
    try {
      write(format === "json" ? event.text : prettyLine(event));
    } catch {
      // A closed pipe or a broken writer must not harm the program that records.
    }
  });
}

/** `12:30:00.000 behavioral login_start method="github" #3`. */
function prettyLine(event: ActivityEvent): string {
  const attributes = Object.entries(event.toJSON())
    .filter(([key]) => !(envelopeFields as readonly string[]).includes(key))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const time = event.event_time.slice(11).replace(/Z$/i, "");
  // A type, a name or a key may have control characters: a second line, or a command to the terminal.
  return [time, event.event_type, event.event_name, ...attributes]
    .join(" ")
    .replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
