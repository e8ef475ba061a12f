import { ActivityError, httpContract } from "@activity/core";
import type { ProxyAnswer } from "./answer.ts";
import { Refusal } from "./answer.ts";
import type { ProxyOptions } from "./proxy-options.ts";
import type { ProxyProblemHandler } from "./proxy-problem.ts";
import type { ProxyRequest } from "./request.ts";

/** Which pages may send, and under which names the server may be addressed. */
export interface OriginPolicy {
  /** The origin of the page that sends, where it is allowed. */
  allowedOrigin(request: ProxyRequest): string | undefined;
  /** @throws Refusal 403 for a name that is not this server's. */
  checkHost(request: ProxyRequest): void;
  /** @throws Refusal 403 for a page that may not send. */
  checkOrigin(request: ProxyRequest): void;
  /** @throws Refusal 403 for a session's cookie that may have been sent by a foreign page. */
  checkCookie(request: ProxyRequest): void;
}

/** The options that make up the policy. */
export type OriginOptions = Pick<ProxyOptions, "allowedOrigins" | "allowedHosts">;

const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Makes the policy.
 *
 * @throws INVALID_OPTION for an origin that is no origin; `*` and `null` would let anybody in.
 */
export function createOriginPolicy(options: OriginOptions, tell: ProxyProblemHandler): OriginPolicy {
  const { allowedOrigins = [], allowedHosts } = options;
  const listed = typeof allowedOrigins === "function" ? allowedOrigins : listOf(allowedOrigins);
  const refuse = (code: "origin_refused" | "host_refused", detail: string): never => {
    tell({ code: "misconfigured", message: detail });
    throw new Refusal({ status: httpContract.status.originRefused, code, detail });
  };
  const allowedOrigin = (request: ProxyRequest): string | undefined => {
    const origin = request.header("origin");
    if (origin === undefined || origin === "null") return undefined;
    return isOwnOrigin(request, origin) || listed(origin) ? origin : undefined;
  };
  return {
    allowedOrigin,
    checkHost: (request) => {
      const host = request.header("host") ?? "";
      const known =
        allowedHosts === undefined ||
        (allowedHosts === "loopback" ? loopbackHost.test(host) : isListed(host, allowedHosts));
      if (!known) refuse("host_refused", `the host ${quoted(host)} is not in allowedHosts`);
    },
    checkOrigin: (request) => {
      const origin = request.header("origin");
      if (origin !== undefined && allowedOrigin(request) === undefined) {
        refuse("origin_refused", `the origin ${quoted(origin)} is not in allowedOrigins`);
      }
    },
    checkCookie: (request) => {
      const byCookie =
        request.header("cookie") !== undefined && request.header("authorization") === undefined;
      if (byCookie && request.header("origin") === undefined && !isSameOrigin(request)) {
        refuse(
          "origin_refused",
          "a request with a cookie needs an Origin in allowedOrigins or Sec-Fetch-Site: same-origin",
        );
      }
    },
  };
}

/** The answer to a preflight of a page that may send (Fetch standard, CORS protocol). */
export function preflightAnswer(): ProxyAnswer {
  return {
    status: httpContract.status.preflight,
    headers: {
      allow: allowedMethods,
      "access-control-allow-methods": httpContract.method,
      "access-control-allow-headers": `authorization, content-encoding, content-type, ${httpContract.headers.sentAt}`,
      "access-control-max-age": String(httpContract.preflightMaxAgeSeconds),
    },
    body: "",
  };
}

/** The value of `Allow`. */
export const allowedMethods: string = `${httpContract.method}, OPTIONS`;

/** What lets a page read an answer; answers to others only say that they depend on the origin. */
export function corsHeaders(allowedOrigin: string | undefined): Readonly<Record<string, string>> {
  return {
    vary: "Origin",
    ...(allowedOrigin === undefined
      ? {}
      : {
          "access-control-allow-origin": allowedOrigin,
          "access-control-allow-credentials": "true",
          "access-control-expose-headers": "retry-after",
        }),
  };
}

/** Names of hosts know no case; which port a request came to is no matter. */
function isListed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return allowed.some((one) => one.toLowerCase() === name);
}

function listOf(origins: readonly string[]): (origin: string) => boolean {
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw new ActivityError(
      "INVALID_OPTION",
      `allowedOrigins has ${quoted(origin)}; each must be an exact origin such as https://app.example.com`,
    );
  }
  return (origin) => origins.includes(origin);
}

/** Whether a page lies on the server that it sends to. Old browsers do not say so; then names must agree. */
function isOwnOrigin(request: ProxyRequest, origin: string): boolean {
  if (request.header("sec-fetch-site") !== undefined) return isSameOrigin(request);
  return URL.canParse(origin) && new URL(origin).host === request.header("host")?.toLowerCase();
}

/** Only browsers set this header; no page can. */
function isSameOrigin(request: ProxyRequest): boolean {
  return request.header("sec-fetch-site") === "same-origin";
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 128));
}
