import { loadPeer } from "../node/load-peer.ts";
import type { Consent, Principal, ProxyOptions } from "../proxy-options.ts";
import type { ProxyRequest } from "../request.ts";

/** Tells whether a request was sent by a page that a bot looks at. */
export type BotCheck = (request: ProxyRequest) => boolean;

/** What `consent` of a proxy is. */
export type ConsentCheck<P extends Principal = Principal> = NonNullable<ProxyOptions<P>["consent"]>;

/**
 * Makes a check by the `User-Agent`, with the package isbot. Only pages are judged, whose requests always have an
 * `Origin`: to isbot every program is a bot, also a command line or a server that sends events of its own.
 *
 * @throws INVALID_OPTION where isbot is not installed.
 */
export function createBotCheck(): BotCheck {
  const { isbot } = loadPeer("isbot", "@activity/proxy/bots") as Isbot; // Its documentation.
  return (request) =>
    request.header("origin") !== undefined && isbot(request.header("user-agent") ?? undefined);
}

/**
 * Makes a `consent` that discards what bots send: they are answered 202 with `discarded` and do not come again. What
 * people send is for `consent` to judge.
 *
 * @throws INVALID_OPTION where isbot is not installed.
 */
export function withoutBots<P extends Principal = Principal>(
  consent: ConsentCheck<P> = () => true,
): ConsentCheck<P> {
  const isBot = createBotCheck();
  return (principal, request): Consent | Promise<Consent> =>
    isBot(request) ? false : consent(principal, request);
}

interface Isbot {
  isbot(userAgent: string | undefined): boolean;
}
