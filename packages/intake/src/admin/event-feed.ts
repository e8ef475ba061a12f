import type { Clock } from "@activity/core";
import type { AnsweredRequest } from "@activity/proxy";
import type { KeyHolder } from "../keys/write-keys.ts";
import type { TypeRate } from "./type-rates.ts";
import { TypeRates } from "./type-rates.ts";

/** An event as the page shows it. */
export interface ShownEvent {
  /** Rises by one with every event that is shown. */
  readonly n: number;
  /** When it was taken, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly time: string;
  /** The event's JSON, cut where it is long. */
  readonly text: string;
  readonly cut: boolean;
}

/** A rejected event as the page shows it. */
export interface ShownRejection {
  readonly n: number;
  readonly at: number;
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
  readonly text: string;
  readonly cut: boolean;
}

/** What happened since a viewer was last told. */
export interface FeedNews {
  readonly events: readonly ShownEvent[];
  readonly rejections: readonly ShownRejection[];
  /** Events that came too quickly to be shown. */
  readonly skipped: number;
}

/** What was counted since the start. */
export interface FeedTotals {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly discarded: number;
  readonly requests: number;
  readonly refusedRequests: number;
}

const maxShownChars = 2_048;
const maxEvents = 200;
const maxRejections = 100;

/** The newest events and rejections, and counts of everything; bounded, whatever comes in. */
export class EventFeed {
  readonly #clock: Clock;
  readonly #rates: TypeRates;
  readonly #events: ShownEvent[] = [];
  readonly #rejections: ShownRejection[] = [];
  readonly #totals = {
    accepted: 0,
    duplicates: 0,
    rejected: 0,
    discarded: 0,
    requests: 0,
    refusedRequests: 0,
  };
  #n = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#rates = new TypeRates(clock);
  }

  /** The number of the newest event or rejection. */
  get last(): number {
    return this.#n;
  }

  get totals(): FeedTotals {
    return { ...this.#totals };
  }

  get rates(): readonly TypeRate[] {
    return this.#rates.snapshot();
  }

  add({ status, accepted, duplicates, rejected, discarded }: AnsweredRequest<KeyHolder>): void {
    this.#totals.requests++;
    if (status >= 400) this.#totals.refusedRequests++;
    this.#totals.accepted += accepted.length;
    this.#totals.duplicates += duplicates;
    this.#totals.rejected += rejected.length;
    this.#totals.discarded += discarded;
    const at = this.#clock.now();
    for (const { event_type } of accepted) this.#rates.add(event_type, 1);
    // Of a large request only what will be kept is copied.
    this.#n += Math.max(0, accepted.length - maxEvents);
    for (const { event_id: id, event_type: type, event_name: name, event_time: time, text } of accepted.slice(
      -maxEvents,
    )) {
      this.#events.push({ n: ++this.#n, at, id, type, name, time, ...cut(text) });
    }
    this.#n += Math.max(0, rejected.length - maxRejections);
    for (const { text = "", problem } of rejected.slice(-maxRejections)) {
      const { code, pointer, detail } = problem;
      this.#rejections.push({ n: ++this.#n, at, code, pointer, detail, ...cut(text) });
    }
    this.#events.splice(0, this.#events.length - maxEvents);
    this.#rejections.splice(0, this.#rejections.length - maxRejections);
  }

  /** What came after number `n`, oldest first. */
  since(n: number): FeedNews {
    const events = this.#events.filter((event) => event.n > n);
    const rejections = this.#rejections.filter((rejection) => rejection.n > n);
    return { events, rejections, skipped: Math.max(0, this.#n - n - events.length - rejections.length) };
  }
}

function cut(text: string): { readonly text: string; readonly cut: boolean } {
  return { text: text.slice(0, maxShownChars), cut: text.length > maxShownChars };
}
