import { ActivityError, checkOutboxOptions, defaultLimits, invalidOption } from "@activity/core";
import type { AuthHeaders } from "./intake-auth.ts";
import { authHeaders } from "./intake-auth.ts";
import { authOf } from "./intake-place.ts";
import type { IntakeSinkOptions } from "./intake-sink.ts";
import type { IntakeTransportOptions } from "./intake-transport.ts";

/** The options of a transport, checked and with every default in place. */
export interface TransportSettings {
  readonly url: string;
  readonly auth: AuthHeaders;
  readonly gzip: number | false;
  readonly attemptMs: number;
  readonly maxInFlight: number;
}

/** Connections of one sink. */
const maxConnections = 4;

/** Settles the options of a transport. @throws INVALID_OPTION when one is unusable. */
export function transportSettings(options: IntakeTransportOptions): TransportSettings {
  const { gzip = 1, attemptMs = defaultLimits.attemptMs, maxInFlight = maxConnections } = options;
  if (gzip !== false && !(Number.isInteger(gzip) && gzip >= 1 && gzip <= 9))
    throw invalidOption("gzip", gzip, "false or an integer from 1 to 9");
  if (!(attemptMs > 0)) throw invalidOption("attemptMs", attemptMs, "above 0");
  if (!(Number.isInteger(maxInFlight) && maxInFlight >= 1 && maxInFlight <= maxConnections))
    throw invalidOption("maxInFlight", maxInFlight, `an integer from 1 to ${maxConnections}`);
  return { url: checkUrl(options.url), auth: authHeaders(options.auth), gzip, attemptMs, maxInFlight };
}

/** Everything that opening a sink would refuse, but for a disk that cannot be used. @throws INVALID_OPTION */
export function checkIntakeOptions(options: IntakeSinkOptions): void {
  checkPlace(options);
  transportSettings({ ...options, auth: authOf(options) });
  checkOutboxOptions(options);
}

/**
 * @throws INVALID_OPTION for a mode that is none, a directory that has no name (a variable that is not set, say), and
 * credentials that are given twice
 */
export function checkPlace({ mode = "auto", directory, writeKey, auth }: IntakeSinkOptions): void {
  if (writeKey !== undefined && auth !== undefined)
    throw new ActivityError("INVALID_OPTION", "writeKey and auth are both set; one of them says who sends");
  if (!["auto", "spool", "memory"].includes(mode))
    throw invalidOption("mode", mode, 'one of "auto", "spool" and "memory"');
  if (directory === "") throw invalidOption("directory", directory, "the path of a directory, or left out");
}

/** @throws INVALID_OPTION unless it is an http or https URL without credentials in it. */
function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw invalidOption("url", withoutSecrets(text), "an absolute http or https URL");
  if (url.username !== "" || url.password !== "")
    throw new ActivityError("INVALID_OPTION", "url must hold no user name and password; use auth");
  return url.href;
}

/** What a message may show of something that was to be a URL: what stands before an `@` or after a `?` may be a secret. */
function withoutSecrets(text: unknown): unknown {
  return typeof text === "string" ? text.replace(/^.*@/, "…@").replace(/\?.*$/, "?…") : text;
}
