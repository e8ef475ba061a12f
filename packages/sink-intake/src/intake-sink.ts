import type {
  ActivityEvent,
  Attributes,
  Importance,
  Problem,
  ProblemHandler,
  RetryOptions,
  Sink,
  Store,
} from "@activity/core";
import {
  createEvent,
  createMemoryStore,
  createOutbox,
  defaultLimits,
  eventNames,
  eventTypes,
  systemClock,
} from "@activity/core";
import { checkOptionKinds } from "@activity/core/options";
import type { Environment, JournalRest } from "@activity/spool";
import { createSpoolStore } from "@activity/spool";
import type { GatedTransport } from "./gated-transport.ts";
import { gatedTransport } from "./gated-transport.ts";
import { authOf, folderOf, placeOf, requireFolder } from "./intake-place.ts";
import { checkPlace } from "./intake-settings.ts";
import type { IntakeTransportOptions } from "./intake-transport.ts";
import { countingTransport } from "./intake-transport.ts";
import { sinkKinds } from "./option-kinds.ts";
import { RefusalCount } from "./refusal-count.ts";

/** Options of an intake sink. */
export interface IntakeSinkOptions extends IntakeTransportOptions {
  /** The intake's key for those who write. Public by nature: whoever has the program has it. Sent as a bearer token. */
  readonly writeKey?: string | undefined;
  /** The application's name: its spool stands below it. @defaultValue "activity" */
  readonly app?: string | undefined;
  /**
   * Where events wait until the intake has them. `spool`: on disk, and a disk that cannot be used is an
   * error at the start · `auto`: on disk, and in memory where that is not to be had, which is told once ·
   * `memory`: in memory, and the disk is never touched. @defaultValue "auto"
   */
  readonly mode?: "auto" | "spool" | "memory" | undefined;
  /** The directory of spools. @defaultValue the platform's place for the state of `app` */
  readonly directory?: string | undefined;
  /** How long an event may wait for others to fill a request, in milliseconds. @defaultValue 1,000 */
  readonly lingerMs?: number | undefined;
  /** @defaultValue a random part of 200 ms · 2ⁿ, at most 60 s */
  readonly retry?: RetryOptions | undefined;
  /** How long an event may wait at all, in milliseconds. @defaultValue 30 days on disk, no limit in memory */
  readonly maxAgeMs?: number | undefined;
  /** How much an event matters when room is short. @defaultValue by its type */
  readonly importanceOf?: ((event: ActivityEvent) => Importance) | undefined;
  readonly onProblem?: ProblemHandler | undefined;
  /**
   * Requests, and so connections, at a time: from 1 to 4. @defaultValue 1 with a spool, so that a killed
   * process repeats one request at most; else 4
   */
  readonly maxInFlight?: number | undefined;
  /** Where the platform's places are looked up. @defaultValue `process.env` */
  readonly env?: Environment | undefined;
}

/** What only this package asks of a sink. */
export interface IntakeGate {
  /** Whether telemetry is on; asked before every request. `undefined`: nobody knows now, and what waits must wait. */
  readonly allowed?: (() => boolean | undefined) | undefined;
  /** Heed only pauses that the destination asked for. */
  readonly impatient?: boolean | undefined;
}

/** What a program has recorded before it opened a sink. */
export interface CarriedEvents {
  /** Events in files of the spool. */
  readonly journal?: JournalRest | undefined;
  /** Events that are nowhere else. */
  readonly held?: readonly ActivityEvent[];
  /** The attributes of events that name what was dropped. */
  readonly drops?: readonly Attributes[];
}

/** A sink, and the transport below it. */
export interface OpenIntake {
  readonly sink: Sink;
  readonly transport: GatedTransport;
  /** Whether everything that waits outlives this process. */
  survives(): boolean;
}

/**
 * Sends events to an intake or a proxy over HTTP. With a spool, an event is on disk when `record` returns: it
 * survives the death of the process, and what is left at close is sent by the next start. An event is sent
 * again until it is answered, always under its own id. How long the destination is to be left alone is kept
 * beside the spool, so that many short processes are no heavier on it than one.
 *
 * @throws INVALID_OPTION when an option is unusable, or with `mode: "spool"` the disk is.
 * @example
 * const sink = intakeSink({ url: "https://events.example.com/v1/events", writeKey: "wk_1", app: "shop" });
 */
export function intakeSink(options: IntakeSinkOptions): Sink {
  checkOptionKinds("intakeSink", options, sinkKinds);
  return openIntake(options).sink;
}

/** Opens a sink behind a gate, and carries on with what was recorded before. @throws as {@link intakeSink}. */
export function openIntake(
  options: IntakeSinkOptions,
  gate: IntakeGate = {},
  { journal, held = [], drops = [] }: CarriedEvents = {},
): OpenIntake {
  const { mode = "auto", clock = systemClock, retry, lingerMs, importanceOf, onProblem } = options;
  checkPlace(options);
  const folder = folderOf(options);
  const refusals = new RefusalCount();
  const inner = countingTransport(
    { ...options, auth: authOf(options), maxInFlight: options.maxInFlight ?? (mode === "memory" ? 4 : 1) },
    refusals,
  );
  if (mode === "spool" && journal === undefined) requireFolder(folder);
  const transport = gatedTransport(inner, {
    folder,
    clock,
    retry: retry ?? defaultLimits.retry,
    attemptMs: options.attemptMs ?? defaultLimits.attemptMs,
    refusals,
    allowed: gate.allowed ?? (() => true),
    impatient: gate.impatient ?? false,
  });
  // The store speaks up while the outbox is made, before it is known who listens.
  const told: { sink?: Sink } = {};
  const tell = (problem: Problem): void => queueMicrotask(() => told.sink?.onProblem?.(problem));
  const store = mode === "memory" ? createMemoryStore({ clock }) : openSpool(options, tell, journal);
  const maxAgeMs = options.maxAgeMs ?? (mode === "memory" ? undefined : defaultLimits.spool.ageMs);
  const sink = createOutbox(transport, store, { clock, retry, lingerMs, importanceOf, onProblem, maxAgeMs });
  told.sink = sink;
  for (const event of held) sink.record(event);
  for (const attributes of drops) sink.record(dropsEvent(attributes));
  return { sink, transport, survives: () => store.survives };
}

function dropsEvent(attributes: Attributes): ActivityEvent {
  return createEvent({ type: eventTypes.telemetry, name: eventNames.eventsDropped, attributes });
}

function openSpool(options: IntakeSinkOptions, onProblem: ProblemHandler, journal?: JournalRest): Store {
  return createSpoolStore({ ...placeOf(options), clock: options.clock, onProblem }, journal);
}
