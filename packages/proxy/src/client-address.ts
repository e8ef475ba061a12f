import type { ProxyRequest } from "./request.ts";

/**
 * The address that a request comes from; `undefined` where the runtime does not tell. `trustedHops` says how many
 * proxies of the host's own stand in front, each of which adds the address it saw to `X-Forwarded-For`: only
 * that many entries from the right are believed, whatever a client put before them.
 */
export function clientAddress(request: ProxyRequest, trustedHops: number): string | undefined {
  if (trustedHops === 0) return request.address;
  const forwarded = (request.header("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  // Fewer entries than hops: the request came in behind the first of them.
  const entry = forwarded.at(-Math.min(trustedHops, forwarded.length));
  return entry === undefined || entry === "" ? request.address : withoutPort(entry);
}

function withoutPort(entry: string): string {
  return (
    /^\[([\da-f:.]+)\](?::\d+)?$/i.exec(entry)?.[1] ??
    /^(\d+(?:\.\d+){3}):\d+$/.exec(entry)?.[1] ??
    entry.slice(0, 64)
  );
}
