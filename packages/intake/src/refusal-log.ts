import type { Clock, RefusalCode } from "@activity/core";
import type { AnsweredRequest } from "@activity/proxy";

/** So often a line for one kind of refusal, at most. */
const everyMs = 60_000;

/** Told elsewhere already, as problems of the proxy. */
const toldElsewhere: ReadonlySet<RefusalCode> = new Set([
  "none_valid",
  "origin_refused",
  "host_refused",
  "body_consumed",
  "authenticate_failed",
  "refused_by_sink",
  "not_confirmed",
  "internal",
]);

/** Says which requests were refused, so that a client with a wrong key is seen here too: the first of a kind, then sums. */
export class RefusalLog {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #print: (line: string) => void;
  readonly #kinds = new Map<RefusalCode, { saidMs: number; since: number; last: string }>();

  constructor(clock: Pick<Clock, "monotonic">, print: (line: string) => void) {
    this.#clock = clock;
    this.#print = print;
  }

  add({ code, status, detail = "" }: Pick<AnsweredRequest, "code" | "status" | "detail">): void {
    if (code === undefined || toldElsewhere.has(code)) return;
    const now = this.#clock.monotonic();
    const kind = this.#kinds.get(code) ?? { saidMs: Number.NEGATIVE_INFINITY, since: 0, last: "" };
    this.#kinds.set(code, kind);
    kind.since++;
    kind.last = `answered with ${status} ${code}: ${detail}`;
    if (now - kind.saidMs < everyMs) return;
    kind.saidMs = now;
    this.#say(kind);
  }

  /** Says what has not been said yet. */
  close(): void {
    for (const kind of this.#kinds.values()) if (kind.since > 0) this.#say(kind);
  }

  #say(kind: { since: number; last: string }): void {
    this.#print(`activity-intake: refused: ${kind.since} request(s) ${kind.last}`);
    kind.since = 0;
  }
}
