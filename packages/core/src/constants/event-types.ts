/** The event types that activity itself knows. The list is open: any non-blank string is a type. */
export const eventTypes = {
  /** What a person did: `login_start`, `page_view`. */
  behavioral: "behavioral",
  /** A measured number in the attribute `value`. */
  metric: "metric",
  /** A line of a log that should travel with the events. */
  log: "log",
  /** An error seen by a program or a page. */
  error: "error",
  /** A page or program that was in use, once a minute. */
  active: "active",
  /** What is charged for. Kept longest when room is short. */
  billing: "billing",
  /** Events about the events: `events_dropped`, `source_closed`. */
  telemetry: "telemetry",
} as const;

/** A type that activity itself knows. */
export type KnownEventType = (typeof eventTypes)[keyof typeof eventTypes];

/** The same list for those who only ask whether a type is in it: the table would weigh more than the question. */
export const knownTypes: RegExp = /^(?:behavioral|metric|log|error|active|billing|telemetry)$/;
