import type { ClientStats, DropReason, TimeoutOptions } from "@activity/core";
import { noopSink } from "@activity/core";
import { platformDirectory } from "@activity/spool";
import type { SessionOptions } from "./cli-session.ts";
import { CliSession } from "./cli-session.ts";
import { maySend } from "./consent.ts";
import type { Session } from "./debug-session.ts";
import { debugSession } from "./debug-session.ts";
import { findInstallId } from "./install-id.ts";
import type { Terminal } from "./notice.ts";

/** What a CLI's client is made of. */
export interface StateOptions extends SessionOptions {
  /** Where events are printed instead of being kept and sent. */
  readonly debug: Terminal | undefined;
}

/** Follows consent: opens a session when it is given, drops everything when it is withdrawn. */
export class CliState {
  readonly #options: StateOptions;
  /** All there were, for their counts. */
  readonly #sessions: Session[] = [];
  #session: Session | undefined;
  #closing: Promise<ClientStats> | undefined;

  /** @throws INVALID_OPTION when an option of the client or the sink is unusable. */
  constructor(options: StateOptions) {
    this.#options = options;
    this.#follow();
  }

  /** The session of this moment; `undefined` while telemetry is off. Never throws. */
  current(): Session | undefined {
    try {
      return this.#follow();
    } catch {
      return undefined; // What worked at the start does not any more: a disk that `mode: "spool"` asks for.
    }
  }

  #follow(): Session | undefined {
    const { consent, debug } = this.#options;
    const decided = debug === undefined ? maySend(consent.current()) : true;
    if (this.#closing !== undefined) return this.#session;
    // What cannot be read withdraws nothing: nothing is recorded or sent meanwhile, and what waits, waits.
    if (decided === undefined) return undefined;
    if (decided === (this.#session !== undefined)) return this.#session;
    this.#session?.revoke();
    this.#session = decided ? this.#open() : undefined;
    return this.#session;
  }

  async flush(timeout?: TimeoutOptions): Promise<ClientStats> {
    await this.current()?.client.flush(timeout);
    return this.stats();
  }

  close(timeout: TimeoutOptions = {}): Promise<ClientStats> {
    // What is left outlives this process: whoever has withdrawn consent just now must not find it there.
    if (this.#closing === undefined && this.#session !== undefined) this.#options.consent.look();
    this.#closing ??= Promise.resolve((this.current() ?? this.#session)?.close(timeout)).then(() =>
      this.stats(),
    );
    return this.#closing;
  }

  stats(): ClientStats {
    const [first, ...others] = this.#sessions.map(({ client }) => client.stats());
    return others.reduce(addStats, first ?? nothing());
  }

  #open(): Session {
    const { debug, app, env, client } = this.#options;
    const session =
      debug === undefined
        ? new CliSession(this.#options)
        : debugSession(client, debug, findInstallId(platformDirectory("config", app, env), env));
    this.#sessions.push(session);
    return session;
  }
}

function nothing(): ClientStats {
  return { ...noopSink().stats(), refused: 0, filtered: 0, sampledOut: 0 };
}

function addStats(a: ClientStats, b: ClientStats): ClientStats {
  const droppedBy: Partial<Record<DropReason, number>> = { ...a.droppedBy };
  for (const [reason, count] of Object.entries(b.droppedBy) as [DropReason, number][])
    droppedBy[reason] = (droppedBy[reason] ?? 0) + count; // Its keys are drop reasons by type.
  return {
    recorded: a.recorded + b.recorded,
    adopted: a.adopted + b.adopted,
    delivered: a.delivered + b.delivered,
    handedOver: a.handedOver + b.handedOver,
    pending: a.pending + b.pending,
    rejected: a.rejected + b.rejected,
    dropped: a.dropped + b.dropped,
    droppedBy,
    withdrawn: a.withdrawn + b.withdrawn,
    repeats: a.repeats + b.repeats,
    refused: a.refused + b.refused,
    filtered: a.filtered + b.filtered,
    sampledOut: a.sampledOut + b.sampledOut,
  };
}
