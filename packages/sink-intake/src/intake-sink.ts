import type {
  ActivityEvent,
  Importance,
  Problem,
  ProblemHandler,
  RetryOptions,
  Sink,
  Store,
} from "@activity/core";
import { createMemoryStore, createOutbox, defaultLimits } from "@activity/core";
import type { Environment } from "@activity/spool";
import { createSpoolStore } from "@activity/spool";
import type { IntakeTransportOptions } from "./intake-transport.ts";
import { intakeTransport } from "./intake-transport.ts";

/** Options of an intake sink. */
export interface IntakeSinkOptions extends IntakeTransportOptions {
  /** The intake's key for those who write. Public by nature: whoever has the program has it. Sent as a bearer token. */
  readonly writeKey?: string | undefined;
  /** The application's name: its spool stands below it. @defaultValue "activity" */
  readonly app?: string | undefined;
  /**
   * Where events wait until the intake has them. `true`: on disk, in the platform's place for the state of
   * `app`, and in memory where that is not to be had · a path: on disk, in that directory · `false`: in
   * memory. @defaultValue true
   */
  readonly spool?: boolean | string | undefined;
  /** How long an event may wait for others to fill a request, in milliseconds. @defaultValue 1,000 */
  readonly lingerMs?: number | undefined;
  /** @defaultValue a random part of 200 ms · 2ⁿ, at most 60 s */
  readonly retry?: RetryOptions | undefined;
  /** How long an event may wait at all, in milliseconds. @defaultValue 30 days on disk, no limit in memory */
  readonly maxAgeMs?: number | undefined;
  /** How much an event matters when room is short. @defaultValue by its type */
  readonly importanceOf?: ((event: ActivityEvent) => Importance) | undefined;
  readonly onProblem?: ProblemHandler | undefined;
  /** Requests at a time. @defaultValue 1 with a spool, so that a killed process repeats one request at most; else 4 */
  readonly maxInFlight?: number | undefined;
  /** Where the platform's places are looked up. @defaultValue `process.env` */
  readonly env?: Environment | undefined;
}

/**
 * Sends events to an intake or a proxy over HTTP. With a spool, an event is on disk when `record` returns: it
 * survives the death of the process, and what is left at close is sent by the next start. An event is sent
 * again until it is answered, always under its own id.
 *
 * @throws INVALID_OPTION when an option is unusable.
 * @example
 * const sink = intakeSink({ url: "https://events.example.com/v1/events", writeKey: "wk_1", app: "shop" });
 */
export function intakeSink(options: IntakeSinkOptions): Sink {
  const { spool = true, writeKey, auth, clock, retry, lingerMs, importanceOf, onProblem } = options;
  const spooled = spool !== false;
  const transport = intakeTransport({
    ...options,
    maxInFlight: options.maxInFlight ?? (spooled ? 1 : 4),
    auth: auth ?? (writeKey === undefined ? undefined : { kind: "bearer", token: writeKey }),
  });
  // The store speaks up while the outbox is made, before it is known who listens.
  const told: { sink?: Sink } = {};
  const tell = (problem: Problem): void => queueMicrotask(() => told.sink?.onProblem?.(problem));
  const store = spooled ? openSpool(options, tell) : createMemoryStore({ clock });
  told.sink = createOutbox(transport, store, {
    clock,
    retry,
    lingerMs,
    importanceOf,
    onProblem,
    maxAgeMs: options.maxAgeMs ?? (spooled ? defaultLimits.spool.ageMs : undefined),
  });
  return told.sink;
}

/** The spool of this address and these credentials: what was recorded for one never leaves for another. */
function openSpool(options: IntakeSinkOptions, onProblem: ProblemHandler): Store {
  const { spool, app, url, writeKey, auth, clock, env } = options;
  return createSpoolStore({
    app,
    env,
    clock,
    onProblem,
    directory: typeof spool === "string" ? spool : undefined,
    destination: url,
    credential: JSON.stringify(auth ?? writeKey ?? null),
  });
}
