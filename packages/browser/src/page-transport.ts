import type { Batch, Reason, Transport, Verdict } from "@activity/core";
import { decodeUtf8, utf8Bytes } from "@activity/core";
import { browserLimits } from "./browser-limits.ts";
import type { WaitingEvent } from "./page-store.ts";
import type { EventPost } from "./post-events.ts";

/** What a transport of a page works with. */
export interface PageTransportOptions {
  readonly door: EventPost;
  /** The text to send for an event. */
  readonly stamp: (text: string) => string;
  /** Called when a request of a leaving page got its answer, so that the outbox asks for the outcomes. */
  readonly onAnswer: () => void;
}

/** The transport of a page, which can also send past the outbox when the page leaves. */
export interface PageTransport extends Transport {
  /** Sends nothing until `release`; what is to be sent waits. */
  hold(): void;
  release(): void;
  /** Sends nothing any more. */
  seal(): void;
  /**
   * Sends at once whatever waits and is not under way, the most important first: by `fetch` with `keepalive`
   * as far as the browser's allowance goes, the rest as a beacon. Outcomes reach the outbox when it
   * comes to send these events: those it is told without sending them again.
   */
  leave(waiting: readonly WaitingEvent[]): void;
}

/** Makes the transport of a page. */
export function createPageTransport(options: PageTransportOptions): PageTransport {
  return new DoorTransport(options);
}

const withheld: Verdict = { kind: "retry", reason: { code: "withheld" } };

class DoorTransport implements PageTransport {
  readonly limits: Transport["limits"] = browserLimits.batch;
  readonly #door: EventPost;
  readonly #stamp: PageTransportOptions["stamp"];
  readonly #onAnswer: () => void;
  /** Texts of batches under way. */
  readonly #flying = new Set<string>();
  /** Texts that left with a leaving page and have no answer yet. */
  readonly #leaving = new Map<string, Promise<void>>();
  /** What became of texts that left so; without a reason they were delivered. */
  readonly #known = new Map<string, Reason | undefined>();
  /** Texts that went as a beacon: not to be sent as one again. */
  readonly #beaconed = new Set<string>();
  #held: { readonly released: Promise<void>; readonly release: () => void } | undefined;
  #sealed = false;

  constructor({ door, stamp, onAnswer }: PageTransportOptions) {
    this.#door = door;
    this.#stamp = stamp;
    this.#onAnswer = onAnswer;
  }

  hold(): void {
    if (this.#held !== undefined) return;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#held = { released, release };
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  seal(): void {
    this.#sealed = true;
    this.release();
  }

  async send(batch: Batch, signal: AbortSignal): Promise<Verdict> {
    const texts = Array.from({ length: batch.count }, (_, index) => decodeUtf8(batch.at(index)));
    // Nothing may come between the last look and the request, or a leaving page would send the same.
    for (let free = this.#whenFree(texts); free !== undefined; free = this.#whenFree(texts)) {
      await Promise.race([free, whenAborted(signal)]);
      if (signal.aborted) break;
    }
    if (signal.aborted || this.#sealed) return withheld;
    const open = texts.filter((text) => !this.#known.has(text));
    if (open.length === 0) return this.#outcomes(texts, new Map());
    for (const text of open) this.#flying.add(text);
    const verdict = await this.#door.post(open.map(this.#stamp), { signal });
    for (const text of open) this.#flying.delete(text);
    // The common case: no part of this batch went with a leaving page.
    if (open.length === texts.length) return verdict;
    const outcomes = outcomesOf(verdict, open);
    return outcomes === undefined ? verdict : this.#outcomes(texts, outcomes);
  }

  leave(waiting: readonly WaitingEvent[]): void {
    if (this.#held !== undefined || this.#sealed) return;
    this.#forgetGone(waiting);
    const free = waiting.filter(({ text }) => !this.#isTaken(text));
    const byImportance = free.toSorted((a, b) => b.importance - a.importance).map(({ text }) => text);
    const first = this.#fill(byImportance, this.#door.keepaliveRoom());
    if (first.length > 0) this.#postLeaving(first);
    const taken = new Set(first);
    let rest = byImportance.filter((text) => !taken.has(text) && !this.#beaconed.has(text));
    while (rest.length > 0) {
      const texts = this.#fill(rest, browserLimits.keepaliveBytes);
      if (texts.length === 0 || !this.#door.beacon(texts.map(this.#stamp))) return;
      for (const text of texts) this.#beaconed.add(text);
      rest = rest.filter((text) => !this.#beaconed.has(text));
    }
  }

  close(): Promise<void> {
    this.seal();
    return Promise.resolve();
  }

  /** When sending is allowed and nothing of a batch is under way with a leaving page; `undefined`: now. */
  #whenFree(texts: readonly string[]): Promise<unknown> | undefined {
    if (this.#held !== undefined) return this.#held.released;
    const leaving = texts.map((text) => this.#leaving.get(text)).filter((answer) => answer !== undefined);
    return leaving.length > 0 ? Promise.all(leaving) : undefined;
  }

  /** As many as fit, in order; what is too large is passed over. */
  #fill(texts: readonly string[], room: number): readonly string[] {
    let left = room;
    return texts.filter((text) => {
      const bytes = utf8Bytes(this.#stamp(text)) + 1;
      if (bytes > left) return false;
      left -= bytes;
      return true;
    });
  }

  #postLeaving(texts: readonly string[]): void {
    const answered = this.#door.post(texts.map(this.#stamp), { leaving: true }).then((verdict) => {
      for (const text of texts) this.#leaving.delete(text);
      for (const [text, reason] of outcomesOf(verdict, texts) ?? []) this.#known.set(text, reason);
      this.#onAnswer();
    });
    for (const text of texts) this.#leaving.set(text, answered);
  }

  #isTaken(text: string): boolean {
    return this.#flying.has(text) || this.#leaving.has(text) || this.#known.has(text);
  }

  /** Forgets outcomes that nobody will ask for. */
  #forgetGone(waiting: readonly WaitingEvent[]): void {
    const here = new Set(waiting.map(({ text }) => text));
    for (const text of this.#known.keys()) if (!here.has(text)) this.#known.delete(text);
    for (const text of this.#beaconed) if (!here.has(text)) this.#beaconed.delete(text);
  }

  /** The verdict on a batch of which a part, or all, has outcomes. The others are to be sent again. */
  #outcomes(texts: readonly string[], now: ReadonlyMap<string, Reason | undefined>): Verdict {
    const rejected: (readonly [index: number, reason: Reason])[] = [];
    const retry: number[] = [];
    for (const [index, text] of texts.entries()) {
      const reason = now.get(text) ?? this.#known.get(text);
      if (reason !== undefined) rejected.push([index, reason]);
      else if (!now.has(text) && !this.#known.has(text)) retry.push(index);
      this.#known.delete(text);
    }
    return { kind: "delivered", rejected, retry };
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What a verdict says about each event, without those to be sent again; `undefined` when it decides nothing. */
function outcomesOf(verdict: Verdict, texts: readonly string[]): Map<string, Reason | undefined> | undefined {
  switch (verdict.kind) {
    case "rejected":
      return new Map(texts.map((text) => [text, verdict.reason]));
    case "delivered": {
      const again = new Set(verdict.retry);
      const outcomes = texts.map((text): [string, Reason | undefined] => [text, undefined]);
      for (const [index, reason] of verdict.rejected ?? []) {
        const outcome = outcomes[index];
        if (outcome !== undefined) outcome[1] = reason;
      }
      return new Map(outcomes.filter((_, index) => !again.has(index)));
    }
    case "retry":
    case "split":
    case "denied":
      return undefined;
  }
}
