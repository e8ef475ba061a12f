import type { Batch, Clock, RetryOptions, Transport, TransportLimits, Verdict } from "@activity/core";
import { waitAfterFailure } from "@activity/core";
import type { Pause } from "./pause-file.ts";
import { readPause, writePause } from "./pause-file.ts";
import type { RefusalCount } from "./refusal-count.ts";

/** What decides whether a transport may send. */
export interface GateOptions {
  /** Where pauses are kept for all processes; `undefined` for nowhere. */
  readonly folder: string | undefined;
  readonly clock: Clock;
  readonly retry: RetryOptions;
  readonly attemptMs: number;
  readonly refusals: RefusalCount;
  /** Whether telemetry is on; asked before every request. `undefined`: nobody knows now, and what waits must wait. */
  readonly allowed: () => boolean | undefined;
  /** Heed only pauses that the destination asked for: somebody waits and has said so. */
  readonly impatient: boolean;
}

/** A transport that leaves its destination alone as long as any process on this machine was told to. */
export interface GatedTransport extends Transport {
  /** Sends nothing from now on. */
  seal(): void;
  /** Requests under way. */
  readonly busy: number;
}

/** For how long a destination where telemetry is switched off is not asked again. */
const deniedMs = 86_400_000;
const held: Verdict = { kind: "retry", reason: { code: "sealed" }, unsent: true };
const undecided: Verdict = {
  kind: "retry",
  reason: { code: "undecided" },
  afterMs: 1_000,
  scope: "destination",
  unsent: true,
};

/** Puts a gate before a transport. */
export function gatedTransport(inner: Transport, options: GateOptions): GatedTransport {
  return new Gated(inner, options);
}

class Gated implements GatedTransport {
  busy = 0;
  readonly #inner: Transport;
  readonly #options: GateOptions;
  #sealed = false;
  /** Once this process has an answer of its own, its outbox knows best. */
  #admitted = false;
  /** What stands on disk, as far as this process knows. */
  #pause: Pause | undefined;
  /** Processes in a row that failed before this one. */
  #failedBefore = 0;

  constructor(inner: Transport, options: GateOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  /** What the one behind it has learned by now. */
  get limits(): TransportLimits {
    return this.#inner.limits;
  }

  seal(): void {
    this.#sealed = true;
  }

  async send(batch: Batch, signal: AbortSignal): Promise<Verdict> {
    const refused = this.#refusal();
    if (refused !== undefined) return refused;
    this.busy++;
    const verdict = await this.#inner.send(batch, signal);
    this.busy--;
    this.#note(verdict);
    return verdict;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #refusal(): Verdict | undefined {
    const { folder, allowed } = this.#options;
    if (this.#sealed) return held;
    const isAllowed = allowed();
    if (isAllowed === undefined) return undecided;
    if (!isAllowed) return { kind: "denied" };
    if (this.#admitted || folder === undefined) return undefined;
    return this.#askDisk(folder);
  }

  /** What other processes have learned of the destination. */
  #askDisk(folder: string): Verdict | undefined {
    const { clock, attemptMs, refusals, impatient } = this.#options;
    const now = clock.now();
    const pause = readPause(folder, now);
    this.#pause = pause;
    const leftMs = (pause?.untilMs ?? 0) - now;
    if (leftMs > 0 && (!impatient || pause?.asked)) {
      if (pause?.denied) return { kind: "denied" };
      const reason = { code: "paused", detail: "the destination is left alone after earlier failures" };
      return { kind: "retry", reason, afterMs: leftMs, scope: "destination", unsent: true };
    }
    this.#admitted = true;
    refusals.last = pause?.refusals;
    this.#failedBefore = pause?.failures ?? 0;
    // One probe: whoever comes while this attempt is under way, or after it was killed, waits.
    if (pause !== undefined) this.#write({ ...pause, untilMs: now + attemptMs });
    return undefined;
  }

  #note(verdict: Verdict): void {
    const { refusals, clock } = this.#options;
    const now = clock.now();
    if (verdict.kind === "denied") this.#write({ untilMs: now + deniedMs, failures: 0, denied: true });
    else if (verdict.kind !== "retry") {
      this.#failedBefore = 0;
      this.#write(undefined);
    } else if (verdict.scope === "destination" || verdict.reason.code === "aborted") {
      // Between its own tries a process waits by itself; here it counts once, for those that come after it.
      const failures = this.#failedBefore + 1;
      const { afterMs, attention, reason } = verdict;
      const waitMs = waitAfterFailure(failures, this.#backoffMs(failures), afterMs);
      // What goes beyond the wish is the own back-off.
      const asked = waitMs === afterMs && attention !== true;
      this.#write({ untilMs: now + waitMs, failures, asked, refusals: refusals.last, reason });
    }
  }

  #backoffMs(failures: number): number {
    const { clock, retry } = this.#options;
    return clock.random() * Math.min(retry.capMs, retry.baseMs * 2 ** Math.min(failures - 1, 30));
  }

  #write(pause: Pause | undefined): void {
    const { folder } = this.#options;
    if (folder !== undefined && (pause !== undefined || this.#pause !== undefined)) writePause(folder, pause);
    this.#pause = pause;
  }
}
