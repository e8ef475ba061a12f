import type { AnyCatalog, Client, ClientOptions, Clock, OpenCatalog, Sink } from "@activity/core";
import { defaultLimits, invalidOption } from "@activity/core";
import { checkOptionKinds } from "@activity/core/options";
import type { Environment } from "@activity/spool";
import { CliState } from "./cli-state.ts";
import { commandClock } from "./command-clock.ts";
import type { IntakeOpener } from "./command-sink.ts";
import { watchConsent } from "./consent.ts";
import { consentingClient, consentingSink } from "./consenting-client.ts";
import { planDelivery } from "./delivery-plan.ts";
import { flusherVariable } from "./flusher-job.ts";
import { checkIntakeOptions } from "./intake-settings.ts";
import type { IntakeSinkOptions } from "./intake-sink.ts";
import type { Terminal } from "./notice.ts";
import { defaultNotice, showNotice, standardError } from "./notice.ts";
import { cliKinds, intakeKinds } from "./option-kinds.ts";
import { saysYes } from "./says-yes.ts";

/** Options of a CLI's client: those of any client, but for what it decides itself. */
export interface CliClientOptions<C extends AnyCatalog = OpenCatalog>
  extends Omit<ClientOptions<C>, "sink" | "service" | "installId" | "clock"> {
  /** The program's name: becomes `service_name`, and names its directories. Letters, digits, `.`, `_` and `-`. */
  readonly app: string;
  /** Becomes `service_version`. */
  readonly version?: string | undefined;
  /** Where events go. One attempt may take 4 s, unless it says otherwise. */
  readonly intake: Omit<IntakeSinkOptions, "app" | "env" | "onProblem" | "clock">;
  /** What a person is told once, before anything is sent. @defaultValue what is sent, how to see it and how to switch it off */
  readonly notice?: string | undefined;
  /** An environment variable of the program's own that switches telemetry on and off, beside `ACTIVITY_TELEMETRY`. */
  readonly variable?: string | undefined;
  /** Whether metrics are recorded. @defaultValue true */
  readonly metrics?: boolean | undefined;
  /**
   * The program runs until it is told to stop: it sends by itself all the while, and `close` waits for the
   * intake. @defaultValue false: a command, which hands over to a process of its own
   */
  readonly longLived?: boolean | undefined;
  /**
   * Who sends after a command has ended. `false`: no process is started, the next command sends · a path:
   * the program `@activity/sink-intake/flusher`, for a program that is bundled and carries it along.
   * @defaultValue true
   */
  readonly flusher?: boolean | string | undefined;
  /** @defaultValue `process.env` */
  readonly env?: Environment | undefined;
  /** Where the notice is shown. @defaultValue standard error */
  readonly terminal?: Terminal | undefined;
  readonly clock?: Clock | undefined;
}

/** A client that also shows where its events go and under which id, for what else runs in the same program. */
export interface CliClient<C extends AnyCatalog = OpenCatalog> extends Client<C> {
  /** Takes events of others too: those of a page that a local server serves, say. */
  readonly sink: Sink;
  /** `undefined` where it cannot be kept, or telemetry is off. */
  readonly installId: string | undefined;
  /** Whether telemetry is on now; looked up once a second at most. */
  readonly enabled: boolean;
}

/** Makes a client whose sender is opened as it is told. @throws INVALID_OPTION when an option is unusable. */
export function openCliClient<const C extends AnyCatalog = OpenCatalog>(
  options: CliClientOptions<C>,
  opener: IntakeOpener,
): CliClient<C> {
  checkCliOptions("createCliClient", options);
  const { env = process.env, clock = commandClock, metrics = true } = options;
  // Started in the flusher's place, by a program that is its own runtime: its user's command must not run twice.
  // What is no job was set by somebody who meant something else by it.
  if (env[flusherVariable]?.startsWith("{")) process.exit(0);
  const port = { env, clock, opener };
  const state = openState(options as CliClientOptions, port); // The catalog narrows what may be asked for, nothing else.
  const client = consentingClient(state, { metrics });
  return Object.defineProperties(client as unknown as CliClient<C>, {
    sink: { value: consentingSink(state), enumerable: true },
    installId: { get: () => state.current()?.installId, enumerable: true },
    enabled: { get: () => state.current() !== undefined, enumerable: true },
  }); // As above.
}

/** Checks what `owner` was given, but for the intake's values. @throws INVALID_OPTION */
export function checkCliOptions(owner: string, options: CliClientOptions): void {
  checkOptionKinds(owner, options, cliKinds);
  checkOptionKinds(`intake of ${owner}`, options.intake, intakeKinds);
  const { app, variable = "" } = options;
  // Part of a path.
  if (app.length > 64 || !/^[\w-][\w.-]*$/.test(app))
    throw invalidOption(
      "app",
      app,
      "1–64 letters, digits, dots, underscores or hyphens, and not begin with a dot",
    );
  if (variable.includes("="))
    throw invalidOption("variable", variable, "the name of an environment variable");
}

/** The options of the sink below a CLI's client. */
export function intakeOf(options: CliClientOptions, env: Environment, clock: Clock): IntakeSinkOptions {
  const { app, intake, onProblem = () => undefined } = options;
  return { attemptMs: defaultLimits.commandAttemptMs, ...intake, app, env, onProblem, clock };
}

/** What the client below takes; the rest is for what stands round it. */
function ofClient(
  options: CliClientOptions,
): Omit<ClientOptions, "sink" | "service" | "installId" | "clock"> {
  const { isDev, attributes, context, catalog, catalogCheck, beforeRecord, sample } = options;
  const { maxEventBytes, strict, createId } = options;
  // biome-ignore format: two lists of the same names.
  return { isDev, attributes, context, catalog, catalogCheck, beforeRecord, sample, maxEventBytes, strict, createId };
}

interface StatePort {
  readonly env: Environment;
  readonly clock: Clock;
  readonly opener: IntakeOpener;
}

function openState(options: CliClientOptions, { env, clock, opener }: StatePort): CliState {
  const { app, version, variable, notice = defaultNotice(app), longLived = false, flusher = true } = options;
  const { terminal = standardError, onProblem = () => undefined } = options;
  const intake = intakeOf(options, env, clock);
  const consent = watchConsent({ app, env, variable }, clock);
  // What is unusable is so whether telemetry is on or not.
  checkIntakeOptions(intake);
  const debug = saysYes(env["ACTIVITY_DEBUG"]);
  // Where nothing is sent, nobody need be told.
  if (!debug) showNotice(consent, notice, { terminal, clock });
  return new CliState({
    app,
    env,
    clock,
    variable,
    consent,
    intake,
    opener,
    plan: planDelivery({ env, intake, longLived, flusher }),
    debug: debug ? terminal : undefined,
    client: { ...ofClient(options), service: { name: app, version }, onProblem, clock },
  });
}
