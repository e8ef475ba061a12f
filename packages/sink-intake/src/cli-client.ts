import type { AnyCatalog, Client, ClientOptions, OpenCatalog, Sink } from "@activity/core";
import { ActivityError, defaultLimits, noopSink } from "@activity/core";
import { createClient } from "@activity/core/node";
import type { Environment } from "@activity/spool";
import { platformDirectory } from "@activity/spool";
import { isSwitchedOff } from "./consent.ts";
import { readInstallId } from "./install-id.ts";
import type { IntakeSinkOptions } from "./intake-sink.ts";
import { intakeSink } from "./intake-sink.ts";

/** Options of a CLI's client: those of any client, but for what it decides itself. */
export interface CliClientOptions<C extends AnyCatalog = OpenCatalog>
  extends Omit<ClientOptions<C>, "sink" | "service" | "installId"> {
  /** The program's name: becomes `service_name`, and names its directories. Letters, digits, `.`, `_` and `-`. */
  readonly app: string;
  /** Becomes `service_version`. */
  readonly version?: string | undefined;
  /** Where events go. One attempt may take 4 s, unless it says otherwise. */
  readonly intake: Omit<IntakeSinkOptions, "app" | "env" | "onProblem">;
  /** @defaultValue `process.env` */
  readonly env?: Environment | undefined;
}

/** A client that also shows where its events go and under which id, for what else runs in the same program. */
export interface CliClient<C extends AnyCatalog = OpenCatalog> extends Client<C> {
  /** Takes events of others too: those of a page that a local server serves, say. */
  readonly sink: Sink;
  /** `undefined` where it cannot be kept, or telemetry is switched off. */
  readonly installId: string | undefined;
}

/**
 * A client for a command-line program: events wait on disk, so that a command never waits for the network;
 * `close` takes 2 s at most, and what is left is sent by the next command. Every event carries `install_id`,
 * a random id kept in the program's config directory. Problems go to `onProblem`, never to the terminal.
 *
 * With `DO_NOT_TRACK=1` or `ACTIVITY_TELEMETRY=off` in the environment nothing is read, written or sent.
 *
 * @throws INVALID_OPTION when an option is unusable.
 * @example
 * const activity = createCliClient({ app: "shop", version: "1.4.0", intake: { url, writeKey } });
 * activity.track("deploy_start");
 * await activity.close();
 */
export function createCliClient<const C extends AnyCatalog = OpenCatalog>(
  options: CliClientOptions<C>,
): CliClient<C> {
  const { app, version, intake, env = process.env, onProblem = () => undefined, ...rest } = options;
  // The name becomes part of paths.
  if (!/^[\w-][\w.-]{0,63}$/.test(app))
    throw new ActivityError(
      "INVALID_OPTION",
      "app must be 1–64 letters, digits, dots, underscores or hyphens, and not begin with a dot",
    );
  const off = isSwitchedOff(env);
  const config = off ? undefined : platformDirectory("config", app, env);
  const installId = config === undefined ? undefined : readInstallId(config);
  const sink = off
    ? noopSink()
    : intakeSink({ attemptMs: defaultLimits.commandAttemptMs, ...intake, app, env, onProblem });
  const own = { onProblem, service: { name: app, version }, installId, sink };
  const client = createClient<C>({ ...rest, ...own } as ClientOptions<C>); // What was taken out above is put back.
  return { ...client, sink, installId };
}
