import type {
  AnyCatalog,
  AttributesArgs,
  NameOf,
  OpenCatalog,
  RecordArgs,
  TypeOf,
} from "../catalog/catalog-types.ts";
import type { EventProblem, ProblemHandler } from "../errors/problem.ts";
import type { ActivityEvent, Attributes, Envelope, JsonObject } from "../event/activity-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { LedgerSnapshot, Sink, TimeoutOptions } from "../ports/sink.ts";

/** The program that records. */
export interface Service {
  /** Becomes `service_name`: `admin-server`, `runtime-server`. */
  readonly name: string;
  /** Becomes `service_version`. */
  readonly version?: string | undefined;
  /** Becomes `service_commit`. */
  readonly commit?: string | undefined;
}

/** An event as {@link ClientOptions.beforeRecord} sees it: everything but its id, which is given last. */
export type EventDraft = Omit<Envelope, "event_id"> & JsonObject;

/** Options of a client. Attributes are laid over each other: client, then context, then call. */
export interface ClientOptions<C extends AnyCatalog = OpenCatalog> {
  /** Where events go. */
  readonly sink: Sink;
  readonly service?: Service | undefined;
  /** Becomes `is_dev`; also turns on the warning about exchanged types and names. */
  readonly isDev?: boolean | undefined;
  /** Becomes `install_id`. */
  readonly installId?: string | undefined;
  /** Attributes of every event. */
  readonly attributes?: Attributes | undefined;
  /** Attributes of the moment, asked for at every event; `@activity/core/node` sets it. */
  readonly context?: (() => Attributes | undefined) | undefined;
  /** The application's own list of events: types at compile time, and a check at run time. */
  readonly catalog?: C | undefined;
  /** What an event outside the catalog costs. @defaultValue "report" when there is a catalog */
  readonly catalogCheck?: "off" | "report" | "refuse" | undefined;
  /**
   * Looks at every event before anything is stored. Returns it, another, or `null` to leave it out
   * (counted as `filtered`). Blank or unusable `event_type` and `event_name` are put back; `event_time`
   * stays. When it throws, the event is refused, since what it was to remove may still be there. Of
   * `source_closed` it decides the attributes only: that event is recorded in any case.
   */
  readonly beforeRecord?: ((event: EventDraft) => Record<string, unknown> | null) | undefined;
  /**
   * The part of events to keep, in (0, 1], also by type and name. Kept events carry it as `sample_rate`;
   * the others are counted as `sampledOut`.
   */
  readonly sample?: number | ((type: string, name: string) => number) | undefined;
  /** Bytes above which an event's largest attributes are shortened; 8,192 or more. @defaultValue 32,768 */
  readonly maxEventBytes?: number | undefined;
  /** Told of every problem. @defaultValue warns once on the console, and never again */
  readonly onProblem?: ProblemHandler | undefined;
  /** Throws where an event would be refused or altered. For tests. @defaultValue false */
  readonly strict?: boolean | undefined;
  /** Makes event ids instead of `<source>.<n>`; there is no audit by number then. */
  readonly createId?: (() => string) | undefined;
  readonly clock?: Pick<Clock, "now" | "random" | "createId"> | undefined;
}

/** The ledger of the sink, and what never reached it. */
export interface ClientStats extends LedgerSnapshot {
  /** Events that failed a check and were not recorded. */
  readonly refused: number;
  /** Events that `beforeRecord` left out. */
  readonly filtered: number;
  /** Events that sampling left out. */
  readonly sampledOut: number;
}

/**
 * What an application calls. `track` and its kin are synchronous: they never throw and never wait. When
 * one has returned and the event passed its checks, the event is in the sink's store.
 */
export interface Client<C extends AnyCatalog = OpenCatalog> {
  /** Records what a person did: `record("behavioral", …)`. */
  track<N extends NameOf<C, "behavioral">>(name: N, ...attributes: AttributesArgs<C, "behavioral", N>): void;
  /** Records one event. */
  record<T extends TypeOf<C>, N extends NameOf<C, T>>(
    type: T,
    name: N,
    ...attributes: RecordArgs<C, T, N>
  ): void;
  /** Records a number, as the attribute `value` of an event of type `metric`. */
  recordMetric<N extends NameOf<C, "metric">>(
    name: N,
    value: number,
    ...attributes: AttributesArgs<C, "metric", N>
  ): void;
  /** Records whatever was thrown as an event `error` of type `error`: `error_name`, `message`, `code`, `stack`, `cause`, `errors`. */
  recordError(error: unknown, attributes?: Attributes): void;
  /**
   * Passes on an event made elsewhere, unchanged: nothing is added. Returns what is wrong with it; empty
   * when it was given to the sink.
   */
  forward(event: ActivityEvent | string | object): readonly EventProblem[];
  /** A client whose events also carry these attributes. It shares sink, source and numbers. */
  with(attributes: Attributes): Client<C>;
  /** A client whose events carry `user_id`. */
  withUser(userId: string): Client<C>;
  /** Waits until every event recorded before the call is settled, or for the time. Never rejects. */
  flush(options?: TimeoutOptions): Promise<ClientStats>;
  /** Records `source_closed`, closes the sink and says what is left. Closes children and parents too. Never rejects. */
  close(options?: TimeoutOptions): Promise<ClientStats>;
  stats(): ClientStats;
}
