import { httpContract, quote, systemClock } from "@activity/core";
import { Refusal, unavailable } from "./answer.ts";
import { clientAddress } from "./client-address.ts";
import type { BodyForm } from "./media-type.ts";
import { acceptPost, readMediaType } from "./media-type.ts";
import type { OriginPolicy } from "./origin-policy.ts";
import { allowedMethods, createOriginPolicy } from "./origin-policy.ts";
import type { Principal, ProxyOptions } from "./proxy-options.ts";
import type { ProxyProblemHandler } from "./proxy-problem.ts";
import { RateLimiter } from "./rate-limiter.ts";
import type { ProxyRequest } from "./request.ts";

/** What a request's headers gave. */
export interface Admission<P> {
  /** `undefined` without `authenticate`. */
  readonly principal: P | undefined;
  /** Whether events are kept; else they are discarded. */
  readonly consent: boolean;
  readonly form: BodyForm;
}

/** Everything that can be said of a request before its body is read. */
export class Gatekeeper<P extends Principal> {
  readonly #options: ProxyOptions<P>;
  readonly #tell: ProxyProblemHandler;
  readonly #origins: OriginPolicy;
  readonly #waitMs: (principal: P | undefined, request: ProxyRequest) => number;
  #draining = false;

  constructor(options: ProxyOptions<P>, tell: ProxyProblemHandler) {
    this.#options = options;
    this.#tell = tell;
    this.#origins = createOriginPolicy(options, tell);
    this.#waitMs = waitOf(options);
  }

  drain(): void {
    this.#draining = true;
  }

  allowedOrigin(request: ProxyRequest): string | undefined {
    return this.#origins.allowedOrigin(request);
  }

  /** @throws Refusal for a preflight of a page that may not send. */
  isPreflight(request: ProxyRequest): boolean {
    this.#origins.checkHost(request);
    if (request.method !== "OPTIONS") return false;
    this.#origins.checkOrigin(request);
    return true;
  }

  /** @throws Refusal 401, 403, 405, 415, 429 or 503. */
  async admit(request: ProxyRequest): Promise<Admission<P>> {
    const { status } = httpContract;
    if (request.method !== httpContract.method) {
      const detail = `events are sent with ${httpContract.method}`;
      throw new Refusal({
        status: status.wrongMethod,
        code: "wrong_method",
        detail,
        headers: { allow: allowedMethods },
      });
    }
    this.#origins.checkOrigin(request);
    if (this.#draining) throw unavailable("draining", "the server is shutting down");
    const principal = await this.#principal(request);
    const consent = (await this.#options.consent?.(principal, request)) ?? true;
    if (consent === "denied") {
      throw new Refusal({
        status: 403,
        code: "consent_denied",
        detail: "telemetry is off here: consent answered denied",
      });
    }
    const waitMs = this.#waitMs(principal, request);
    if (waitMs > 0) throw unavailable("too_many_requests", "more requests than rateLimit allows", waitMs);
    const type = request.header("content-type");
    const form = readMediaType(type);
    if (form === undefined) {
      throw new Refusal({
        status: status.unknownMediaType,
        code: "unknown_media_type",
        detail: `the body is ${quote(type)}; it must be ${acceptPost}, in UTF-8`,
        headers: { "accept-post": acceptPost },
      });
    }
    return { principal, consent, form };
  }

  async #principal(request: ProxyRequest): Promise<P | undefined> {
    const { authenticate, credentials } = this.#options;
    if (authenticate === undefined) return undefined;
    this.#origins.checkCookie(request);
    let principal: P | null;
    try {
      principal = await authenticate(request, request.native);
    } catch (cause) {
      this.#tell({ code: "failed", message: "authenticate threw; the request was answered with 503", cause });
      throw unavailable("authenticate_failed", "it could not be told who sends this");
    }
    if (principal !== null) return principal;
    throw new Refusal({
      status: httpContract.status.notSignedIn,
      code: "not_signed_in",
      detail: nobodySignedIn(request, credentials),
      headers: { "www-authenticate": 'Bearer realm="activity"' },
    });
  }
}

/** Says what is wrong with the credentials of a request, and nothing of what they are. */
function nobodySignedIn(request: ProxyRequest, credentials: string | undefined): string {
  if (credentials === undefined) return "nobody is signed in: authenticate found nobody in this request";
  const without = request.header("authorization") === undefined;
  const what = without
    ? "the request has no Authorization header"
    : "the request's Authorization is not known here";
  return `${what}; it must have ${credentials}`;
}

/** How long a sender must wait, by the options. */
function waitOf<P extends Principal>({
  rateLimit,
  trustedHops = 0,
  clock = systemClock,
}: ProxyOptions<P>): (principal: P | undefined, request: ProxyRequest) => number {
  if (rateLimit === undefined) return () => 0;
  if (typeof rateLimit === "function") return rateLimit;
  const limiter = new RateLimiter(rateLimit, clock);
  return (principal, request) => {
    const id = principal?.id ?? principal?.tenant;
    const address = clientAddress(request, trustedHops);
    return limiter.waitMs([
      ...(id === undefined ? [] : [`principal ${id}`]),
      ...(address === undefined ? [] : [`address ${address}`]),
    ]);
  };
}
