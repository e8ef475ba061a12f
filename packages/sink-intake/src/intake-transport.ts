import type { Batch, Clock, Transport, TransportLimits, Verdict } from "@activity/core";
import { ActivityError, defaultLimits, httpContract, systemClock, toHttpVerdict } from "@activity/core";
import type { KyInstance } from "ky";
import type { IntakeAuth } from "./intake-auth.ts";
import { authorizationOf } from "./intake-auth.ts";
import type { AttemptEnd } from "./network-verdict.ts";
import { toNetworkVerdict } from "./network-verdict.ts";
import { readAnswer } from "./read-answer.ts";
import { RefusalCount } from "./refusal-count.ts";

/** Options of the HTTP transport. */
export interface IntakeTransportOptions {
  /** Where events are posted: `https://…/v1/events`. */
  readonly url: string;
  /** Sent as `Authorization`. */
  readonly auth?: IntakeAuth | undefined;
  /** @defaultValue the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How hard bodies are compressed, from 1 to 9; `false` for not at all. @defaultValue 1 */
  readonly gzip?: number | false | undefined;
  /** How long one attempt may take, its answer included, in milliseconds. @defaultValue 15,000 */
  readonly attemptMs?: number | undefined;
  /** Requests at a time. @defaultValue 4 */
  readonly maxInFlight?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** What is loaded when something is sent for the first time, so that a start costs nothing. */
interface Loaded {
  readonly ky: KyInstance;
  gzip(bytes: Uint8Array, level: number): Promise<Uint8Array>;
}

/**
 * Posts batches as NDJSON to an intake or a proxy. One request an attempt: redirects are not followed and
 * nothing is tried again here. What an answer means: `toHttpVerdict` of core.
 *
 * @throws INVALID_OPTION when an option is unusable.
 */
export function intakeTransport(options: IntakeTransportOptions): Transport {
  return new IntakeTransport(options);
}

class IntakeTransport implements Transport {
  readonly limits: TransportLimits;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #options: IntakeTransportOptions;
  readonly #clock: Clock;
  readonly #attemptMs: number;
  readonly #gzip: number | false;
  readonly #refusals: RefusalCount = new RefusalCount();
  #loaded: Promise<Loaded> | undefined;

  constructor(options: IntakeTransportOptions) {
    const { gzip = 1, attemptMs = defaultLimits.attemptMs, maxInFlight = 4, clock = systemClock } = options;
    const { maxEvents, maxBytes } = defaultLimits.batch;
    if (gzip !== false && !(Number.isInteger(gzip) && gzip >= 1 && gzip <= 9))
      throw invalidOption("gzip", gzip, "false or an integer from 1 to 9");
    if (!(attemptMs > 0)) throw invalidOption("attemptMs", attemptMs, "above 0");
    if (!(Number.isInteger(maxInFlight) && maxInFlight >= 1))
      throw invalidOption("maxInFlight", maxInFlight, "an integer of 1 or more");
    this.#url = checkUrl(options.url);
    this.#options = options;
    this.#clock = clock;
    this.#attemptMs = attemptMs;
    this.#gzip = gzip;
    this.#headers = {
      "content-type": httpContract.contentTypes.ndjson,
      ...(gzip === false ? {} : { "content-encoding": "gzip" }),
      ...(options.auth === undefined ? {} : { authorization: authorizationOf(options.auth) }),
    };
    this.limits = { maxEvents, maxBytes, inFlight: maxInFlight, perLane: maxInFlight };
  }

  async send(batch: Batch, signal: AbortSignal): Promise<Verdict> {
    let end: AttemptEnd = "failed";
    const attempt = new AbortController();
    const stop = (why: AttemptEnd): void => {
      end = why;
      attempt.abort();
    };
    const onAbort = (): void => stop("aborted");
    if (signal.aborted) return toNetworkVerdict("aborted", undefined);
    signal.addEventListener("abort", onAbort, { once: true });
    const timer = this.#clock.setTimer(() => stop("timeout"), this.#attemptMs);
    try {
      return await this.#post(batch, attempt.signal);
    } catch (cause) {
      return toNetworkVerdict(end, cause);
    } finally {
      timer.cancel();
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Idle connections belong to the platform's fetch, which lets the process end over them. */
  async close(): Promise<void> {
    this.#loaded = undefined;
  }

  async #post(batch: Batch, signal: AbortSignal): Promise<Verdict> {
    this.#loaded ??= load();
    const { ky, gzip } = await this.#loaded;
    const body = this.#gzip === false ? batch.bytes.slice() : await gzip(batch.bytes, this.#gzip);
    const response = await ky.post(this.#url, {
      // A view of bytes is a body, whichever buffer it looks at; the type asks for more.
      body: body as Uint8Array<ArrayBuffer>,
      headers: { ...this.#headers, [httpContract.headers.sentAt]: new Date(this.#clock.now()).toISOString() },
      signal,
      redirect: "manual",
      // Every attempt has one bound, the timer of `send`, which also covers the body of the answer.
      retry: 0,
      timeout: false,
      totalTimeout: false,
      throwHttpErrors: false,
      ...(this.#options.fetch === undefined ? {} : { fetch: this.#options.fetch }),
    });
    const { status, headers } = response;
    const answer = { status, retryAfter: headers.get("retry-after"), body: await readAnswer(response) };
    const refusals = this.#refusals.count(status);
    return toHttpVerdict({ ...answer, refusals }, batch.count, this.#clock.now());
  }
}

async function load(): Promise<Loaded> {
  const [{ default: ky }, zlib, { promisify }] = await Promise.all([
    import("ky"),
    import("node:zlib"),
    import("node:util"),
  ]);
  const gzip = promisify<Uint8Array, { level: number }, Buffer>(zlib.gzip);
  return { ky, gzip: (bytes, level) => gzip(bytes, { level }) };
}

/** @throws INVALID_OPTION unless it is an http or https URL without credentials in it. */
function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ActivityError("INVALID_OPTION", "url must be an absolute http or https URL");
  if (url.username !== "" || url.password !== "")
    throw new ActivityError("INVALID_OPTION", "url must hold no user name and password; use auth");
  return url.href;
}

function invalidOption(option: string, value: unknown, allowed: string): ActivityError {
  return new ActivityError("INVALID_OPTION", `${option} is ${String(value)}; it must be ${allowed}`);
}
