import type { AckLevel, Clock, EventLimits, HttpLimits, JsonValue, Sink } from "@activity/core";
import { httpContract, httpLimits } from "@activity/core";
import type { AnswerHandler } from "./answered-request.ts";
import type { ProxyProblemHandler } from "./proxy-problem.ts";
import type { RateLimit } from "./rate-limiter.ts";
import type { ProxyRequest } from "./request.ts";

/** Who sent a request, as `authenticate` knows them. Hosts may add members of their own. */
export interface Principal {
  /** Who this is, for `rateLimit`. Never kept. @defaultValue `tenant` */
  readonly id?: string | undefined;
  /** Whose events these are; the same `event_id` of two tenants is two events. @defaultValue one tenant for all */
  readonly tenant?: string | undefined;
  /**
   * Put onto every event of the request. They belong to the server: an event that brings another value for
   * one of them is rejected as `reserved_key`, the same value passes.
   */
  readonly attributes?: Readonly<Record<string, JsonValue>> | undefined;
}

/** What a server knows of a time that it can put onto events. */
export type Stamp = "received_at" | "sent_at";

/** `true`: events are taken · `false`: this visitor opted out, events are discarded · `denied`: telemetry is off here, clients drop what they have and fall silent. */
export type Consent = boolean | "denied";

/** Bounds of the window in which a repeated `event_id` is recognised. */
export interface DedupeOptions {
  /** How long an id is remembered, in milliseconds, counted from its first arrival. @defaultValue 7 days */
  readonly windowMs?: number | undefined;
  /** @defaultValue 1,000,000 */
  readonly maxIds?: number | undefined;
  /** Memory that ids may take, estimated. @defaultValue 64 MiB */
  readonly maxBytes?: number | undefined;
}

/** Bounds of requests. */
export interface ProxyLimits extends HttpLimits {
  /** How long a body may take to arrive. @defaultValue 15,000 */
  readonly bodyTimeoutMs: number;
  /** How long the sink may take to confirm, before the write is withdrawn. @defaultValue 5,000 */
  readonly ackTimeoutMs: number;
  /** How far `event_time` may lie ahead of the server's clock. @defaultValue no bound, so that a wrong clock loses nothing */
  readonly maxFutureMs: number;
}

/** Options of {@link createProxy}. */
export interface ProxyOptions<P extends Principal = Principal> {
  /** Where events go. The host closes it, after the proxy has been drained. */
  readonly sink: Sink;
  /** What must have happened to events before they are answered with 202. `queued` loses them when the process dies. @defaultValue "delivered" */
  readonly ack?: AckLevel | undefined;
  readonly limits?: { readonly [K in keyof ProxyLimits]?: ProxyLimits[K] | undefined } | undefined;
  /**
   * Tells who sent a request, or `null` for nobody (401). Gets the framework's own request as `native`.
   * Where it throws, the answer is 503. @defaultValue everybody may send
   */
  readonly authenticate?:
    | ((request: ProxyRequest, native: unknown) => P | null | Promise<P | null>)
    | undefined;
  /** What a request must bring for `authenticate`, for the sentence of the 401: `Authorization: Bearer <write key>`. @defaultValue says nothing of it */
  readonly credentials?: string | undefined;
  /**
   * Pages that may send, as exact origins (`https://app.example.com`) or a function. Pages of the server's own
   * origin always may; requests without an `Origin` do not come from pages. @defaultValue none
   */
  readonly allowedOrigins?: readonly string[] | ((origin: string) => boolean) | undefined;
  /**
   * Names by which this server may be addressed, without ports. `loopback` admits `localhost`, `127.0.0.1` and `[::1]` with
   * any port, which keeps foreign pages from reaching a local server by DNS rebinding. @defaultValue any
   */
  readonly allowedHosts?: "loopback" | readonly string[] | undefined;
  /** Times to put onto events; an event that brings one keeps it, since it was stamped nearer to its source. @defaultValue none */
  readonly stamp?: readonly Stamp[] | undefined;
  /** Whether the events of a visitor may be kept. `principal` is `undefined` without `authenticate`. @defaultValue true */
  readonly consent?:
    | ((principal: P | undefined, request: ProxyRequest) => Consent | Promise<Consent>)
    | undefined;
  /**
   * How many requests a minute each principal (by `id`, else `tenant`) and each address may send, or a function that
   * tells how long the sender must wait, in milliseconds; 0 lets it pass. @defaultValue no limit
   */
  readonly rateLimit?: RateLimit | ((principal: P | undefined, request: ProxyRequest) => number) | undefined;
  /**
   * How many proxies of your own stand in front and add to `X-Forwarded-For`: so many of its entries are believed,
   * from the right. Addresses serve `rateLimit` only and are never kept. @defaultValue 0, the connection's address
   */
  readonly trustedHops?: number | undefined;
  /**
   * Attributes that belong to the server beside those of the principal: an event that brings one is rejected as
   * `reserved_key`, unless the principal has the same value for it. @defaultValue none
   */
  readonly reservedKeys?: readonly string[] | undefined;
  /** `false` forwards repeats too. @defaultValue 7 days, 1,000,000 ids, 64 MiB */
  readonly dedupe?: DedupeOptions | false | undefined;
  readonly clock?: Clock | undefined;
  readonly onAnswer?: AnswerHandler<P> | undefined;
  readonly onProblem?: ProxyProblemHandler | undefined;
}

/** The defaults of {@link ProxyLimits}. */
export const proxyLimits: ProxyLimits = {
  ...httpLimits,
  bodyTimeoutMs: 15_000,
  ackTimeoutMs: httpContract.deliveredTimeoutMs,
  maxFutureMs: Number.POSITIVE_INFINITY,
};

/** Fills limits up with their defaults. */
export function completeLimits(given: ProxyOptions["limits"] = {}): ProxyLimits {
  const limits = { ...proxyLimits };
  for (const key of Object.keys(proxyLimits) as (keyof ProxyLimits)[]) {
    // Its keys are those of the type.
    limits[key] = given[key] ?? limits[key];
  }
  return limits;
}

/** What limits say of a single event. */
export function eventLimitsOf({ maxEventBytes, maxDepth, maxKeys }: ProxyLimits): EventLimits {
  return { maxBytes: maxEventBytes, maxDepth, maxKeys };
}
