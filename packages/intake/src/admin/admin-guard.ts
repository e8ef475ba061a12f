import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isLoopback } from "../loopback.ts";

/** Why a request to the admin listener is refused; `undefined` where it is not. */
export interface AdminRefusal {
  readonly status: 401 | 403;
  readonly detail: string;
}

/** Who may use the admin listener. */
export interface AdminGuardOptions {
  readonly host: string;
  readonly token: string | undefined;
}

/**
 * Makes the check of requests to the admin listener. Pages of others are refused, by what browsers say of
 * them; on a loopback address also names that only lead there. The token is sent as `Authorization: Bearer`,
 * or as the password that a browser asks for.
 */
export function createAdminGuard({
  host,
  token,
}: AdminGuardOptions): (request: IncomingMessage) => AdminRefusal | undefined {
  const wanted = token === undefined ? undefined : hash(token);
  return (request) => {
    const { headers } = request;
    const addressed = nameOf(headers.host ?? "");
    if (isLoopback(host) && !isLoopback(addressed)) {
      return { status: 403, detail: "this listener is addressed by a name of this machine only" };
    }
    const site = headers["sec-fetch-site"];
    const foreign = site !== undefined && site !== "same-origin" && site !== "none";
    const { origin } = headers;
    if (foreign || (origin !== undefined && origin.replace(/^https?:\/\//, "") !== headers.host)) {
      return { status: 403, detail: "pages of other origins may not ask this" };
    }
    if (wanted === undefined || timingSafeEqual(hash(sentToken(headers.authorization ?? "")), wanted))
      return undefined;
    return { status: 401, detail: "the admin token is needed: as Bearer, or as the password" };
  };
}

function sentToken(authorization: string): string {
  const [, scheme = "", value = ""] = /^(bearer|basic) +(\S+)$/i.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() !== "basic") return value;
  const pair = Buffer.from(value, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}

/** Without the port. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

function hash(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
