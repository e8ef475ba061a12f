import type { Problem } from "../errors/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { Reason } from "../ports/reason.ts";
import type { Gate } from "./gate.ts";

/** For how long nothing may be delivered before the host hears of it: a broker that restarts is back by then. */
const toleratedMs = 3_000;

/** A try that failed. */
export interface FailedTry {
  readonly reason: Reason;
  /** Somebody must do something. */
  readonly attention?: boolean | undefined;
  /** When it began, by the clock's `monotonic()`. */
  readonly begunAt: number;
}

/** Tells what keeps events from being delivered: each reason that needs somebody once, and each outage once. */
export class Troubles {
  readonly #clock: Clock;
  readonly #tell: (problem: Problem) => void;
  /** Why lanes, or the whole destination, are paused. */
  readonly #pauses = new Map<Gate, string>();
  /** Since when every try has failed. */
  #since: number | undefined;
  #isOutageTold = false;
  #deliveredAt = 0;

  constructor(clock: Clock, tell: (problem: Problem) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Notes a try that failed behind a gate. The host may record while it is told. */
  fail(gate: Gate, { reason, attention, begunAt }: FailedTry): void {
    // Others may have been delivered while it was under way.
    this.#since ??= Math.max(begunAt, this.#deliveredAt);
    if (attention) {
      this.#isOutageTold = true;
      if (this.#isNews(gate, reason)) this.#say("paused", "nothing is sent for now", reason);
      return;
    }
    const lastedMs = this.#clock.monotonic() - this.#since;
    if (this.#isOutageTold || lastedMs < toleratedMs) return;
    this.#isOutageTold = true;
    const seconds = Math.round(lastedMs / 1_000);
    this.#say("delayed", `nothing could be delivered for ${seconds} s, events wait`, reason);
  }

  /** Something came through these gates: what comes next is news again. */
  end(...gates: readonly Gate[]): void {
    for (const gate of gates) this.#pauses.delete(gate);
    this.#deliveredAt = this.#clock.monotonic();
    this.#since = undefined;
    this.#isOutageTold = false;
  }

  #isNews(gate: Gate, { code, detail = "" }: Reason): boolean {
    const why = `${code} ${detail}`;
    const isNews = ![...this.#pauses.values()].includes(why);
    this.#pauses.set(gate, why);
    return isNews;
  }

  #say(code: "paused" | "delayed", what: string, reason: Reason): void {
    this.#tell({ code, message: `${what}: ${reason.detail ?? reason.code}`, reason });
  }
}
