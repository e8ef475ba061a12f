import { dirname } from "node:path";
import type { Client, ClientOptions, ClientStats, Clock, TimeoutOptions } from "@activity/core";
import { defaultLimits } from "@activity/core";
import { createClient } from "@activity/core/node";
import type { Environment } from "@activity/spool";
import { platformDirectory } from "@activity/spool";
import type { IntakeOpener } from "./command-sink.ts";
import { CommandSink } from "./command-sink.ts";
import type { ConsentWatch } from "./consent.ts";
import { maySend } from "./consent.ts";
import type { Session } from "./debug-session.ts";
import type { DeliveryPlan } from "./delivery-plan.ts";
import { isFlusherAlive } from "./flusher-lock.ts";
import { readInstallId } from "./install-id.ts";
import type { IntakeSinkOptions } from "./intake-sink.ts";
import { onExit } from "./on-exit.ts";
import { isLeftAlone } from "./pause-file.ts";
import { spawnFlusher } from "./spawn-flusher.ts";
import { hasWaitingFiles } from "./waiting-files.ts";

/** What a session is made of. */
export interface SessionOptions {
  readonly app: string;
  readonly env: Environment;
  readonly clock: Clock;
  readonly variable: string | undefined;
  readonly consent: ConsentWatch;
  readonly plan: DeliveryPlan;
  readonly intake: IntakeSinkOptions;
  readonly opener: IntakeOpener;
  /** The options of the client but for its sink and installation. */
  readonly client: Omit<ClientOptions, "sink" | "installId">;
}

/** How long a request that is under way when a command ends may still take, in milliseconds. */
const graceMs = 500;

/** A client and its sink for as long as there is consent: nothing is read or written before, nothing sent after. */
export class CliSession implements Session {
  readonly installId: string | undefined;
  readonly sink: CommandSink;
  readonly client: Client;
  readonly #options: SessionOptions;
  readonly #forgetExit: () => void;

  constructor(options: SessionOptions) {
    const { app, env, clock, consent, plan, intake, opener } = options;
    this.#options = options;
    this.installId = readInstallId(platformDirectory("config", app, env), env);
    const gate = { allowed: () => maySend(consent.current()) };
    this.sink = new CommandSink({ intake: { ...intake, clock }, gate, opener });
    this.client = createClient({ ...options.client, sink: this.sink, installId: this.installId });
    if (plan.kind === "in-process") void this.sink.open();
    // `process.exit` closes nothing: what waits then is sent all the same.
    this.#forgetExit = onExit(() => {
      if (maySend(consent.look()) === false) return this.sink.discard("consent");
      this.#sendLater();
      this.#keepCompiled();
    });
  }

  /** Drops what waits: telemetry was switched off. */
  revoke(): void {
    this.#forgetExit();
    this.sink.discard("consent");
    void this.client.close({ timeoutMs: 0 });
  }

  async close({ timeoutMs }: TimeoutOptions): Promise<ClientStats> {
    const { plan } = this.#options;
    if (plan.kind !== "detached" || !this.sink.canLeave) await this.sink.open();
    const stats = await this.client.close({ timeoutMs: this.#closeMs(timeoutMs) });
    this.#forgetExit();
    this.#sendLater();
    this.#keepCompiled();
    return stats;
  }

  /** When everything that a command runs has run. */
  #keepCompiled(): void {
    const { opener, consent } = this.#options;
    if (consent.current().granted) opener.keepCompiled?.();
  }

  #closeMs(asked: number = defaultLimits.closeMs): number {
    const { plan } = this.#options;
    const { opened } = this.sink;
    if (opened === undefined) return 0;
    const { transport, survives, sink } = opened;
    // What only this process has, nobody else can send.
    if (plan.kind !== "in-process" && !survives()) return asked;
    // Whoever gives no time wants no attempt that is broken off.
    if (asked <= 0) transport.seal();
    switch (plan.kind) {
      case "in-process":
        return Math.min(asked, plan.capMs ?? asked);
      // What earlier commands left gets the time it needs; else no more than a person does not notice.
      case "next-start":
        return Math.min(asked, sink.stats().adopted > 0 ? asked : graceMs);
      case "detached":
        // A request under way may end, so that it need not be repeated.
        if (transport.busy > 0) return Math.min(asked, graceMs);
        transport.seal();
        return 0;
    }
  }

  /** Starts a flusher, unless one is at work, nothing may be sent now, or nothing waits. */
  #sendLater(): void {
    const { plan, consent, app, env, variable, intake, clock } = this.#options;
    const { folder } = this.sink;
    if (plan.kind !== "detached" || folder === undefined) return;
    const { pending, handedOver } = this.sink.stats();
    // What earlier commands left is looked for only where there is nothing of this one.
    const waits = pending + handedOver > 0 || hasWaitingFiles(folder);
    if (!waits || !consent.current().granted) return;
    const now = clock.now();
    if (isLeftAlone(folder, now) || isFlusherAlive(folder, now)) return;
    const { url, auth, writeKey, gzip, retry, maxAgeMs } = intake;
    const job = { url, auth, writeKey, gzip, retry, maxAgeMs, directory: dirname(folder) };
    spawnFlusher(plan.file, { app, variable, intake: job }, env);
  }
}
