import { loadPeer } from "../node/load-peer.ts";
import type { Consent, Principal, ProxyOptions } from "../proxy-options.ts";
import type { ProxyRequest } from "../request.ts";

/** Tells whether a request was sent by a page that a bot looks at. */
export type BotCheck = (request: ProxyRequest) => boolean;

/** What `consent` of a proxy is. */
export type ConsentCheck<P extends Principal = Principal> = NonNullable<ProxyOptions<P>["consent"]>;

/** Where {@link createBotCheck} finds isbot. */
export interface BotCheckOptions {
  /** `isbot` of the package isbot, for servers that are bundled: what is loaded by name stays outside of a bundle. @defaultValue loaded by name */
  readonly isbot?: ((userAgent: string | undefined) => boolean) | undefined;
}

/** Options of {@link withoutBots}. */
export interface WithoutBotsOptions<P extends Principal = Principal> extends BotCheckOptions {
  /** Judges what people send. @defaultValue everything is taken */
  readonly consent?: ConsentCheck<P> | undefined;
}

/**
 * Makes a check by the `User-Agent`, with the package isbot. Only pages are judged, whose requests always have an
 * `Origin`: to isbot every program is a bot, also a command line or a server that sends events of its own.
 *
 * @throws INVALID_OPTION where isbot is neither given nor installed.
 */
export function createBotCheck({ isbot = loadIsbot() }: BotCheckOptions = {}): BotCheck {
  return (request) => request.header("origin") !== undefined && isbot(request.header("user-agent"));
}

/**
 * Makes a `consent` that discards what bots send: they are answered 202 with `discarded` and do not come again. What
 * people send is for `consent` to judge.
 *
 * @throws INVALID_OPTION where isbot is neither given nor installed.
 */
export function withoutBots<P extends Principal = Principal>({
  consent = () => true,
  ...options
}: WithoutBotsOptions<P> = {}): ConsentCheck<P> {
  const isBot = createBotCheck(options);
  return (principal, request): Consent | Promise<Consent> =>
    isBot(request) ? false : consent(principal, request);
}

function loadIsbot(): NonNullable<BotCheckOptions["isbot"]> {
  const { isbot } = loadPeer("isbot", "@activity/proxy/bots") as Isbot; // Its documentation.
  return isbot;
}

interface Isbot {
  readonly isbot: NonNullable<BotCheckOptions["isbot"]>;
}
