import type { AnyCatalog, OpenCatalog } from "@activity/core";
import type { CliClient, CliClientOptions } from "./cli-client.ts";
import { openCliClient } from "./cli-client.ts";

/** Keeps what was compiled of this code for the next command: of the file that the build writes for Node, nowhere else. */
declare const keepCompiled: (() => void) | undefined;

/**
 * A client for a command-line program. An event is on disk when `track` returns. `close` takes a few
 * milliseconds: what waits is sent by a process of its own, or by the next command where none can be
 * started; long-lived programs send by themselves. Every event carries `install_id`, a random id kept in the
 * program's config directory. Problems go to `onProblem`, never to the terminal.
 *
 * Nothing is read, written, sent or started before there is consent: a person has seen the notice (said once,
 * on a terminal) or run `telemetry enable`, or a variable says so, or this is a build service.
 * `DO_NOT_TRACK=1`, `ACTIVITY_TELEMETRY=off` and `telemetry disable` switch telemetry off, also for programs
 * that are running. With `ACTIVITY_DEBUG=1` events are printed on standard error and go nowhere.
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
  return openCliClient(options, {
    load: async () => (await import("./intake-sink.ts")).openIntake,
    keepCompiled: typeof keepCompiled === "undefined" ? undefined : keepCompiled,
  });
}
