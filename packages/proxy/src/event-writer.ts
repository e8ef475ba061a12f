import type {
  AckLevel,
  ActivityEvent,
  Clock,
  Reason,
  Sink,
  WriteException,
  WriteOptions,
  WriteOutcome,
} from "@activity/core";
import type { CheckedEvent } from "./check-events.ts";
import type { DedupeWindow } from "./dedupe-window.ts";
import type { ProxyProblemHandler } from "./proxy-problem.ts";

/** How long a sink that was told to give up may take to say what became of the events. */
const abortGraceMs = 500;

/** What became of one event. */
export type Fate =
  | { readonly was: "accepted" | "duplicate" }
  | { readonly was: "rejected"; readonly reason: Reason }
  /** To be sent again. `taken` is false where the sink refused the write as a whole: nothing entered. */
  | {
      readonly was: "open";
      readonly reason: Reason;
      readonly taken: boolean;
      readonly retryAfterMs?: number | undefined;
    };

/** What a writer is made of. */
export interface EventWriterOptions {
  readonly sink: Sink;
  readonly ack: AckLevel;
  readonly ackTimeoutMs: number;
  /** `undefined` forwards repeats. */
  readonly window: DedupeWindow<PendingWrite> | undefined;
  readonly clock: Clock;
  readonly tell: ProxyProblemHandler;
}

/** A write whose outcome is not known yet. */
export interface PendingWrite {
  /** Place of each id in the write. */
  readonly places: ReadonlyMap<string, number>;
  readonly outcome: Promise<SettledWrite>;
}

/** What became of a write: refused as a whole, or done but for some. */
interface SettledWrite {
  readonly refusal: Extract<WriteOutcome, { state: "refused" }> | undefined;
  readonly exceptions: ReadonlyMap<number, WriteException>;
}

/** Writes events that have not been taken before, and waits with those that another request is writing now. */
export class EventWriter {
  readonly #options: EventWriterOptions;

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  /** The fate of each event, in order; never later than the time for it allows. Never rejects. */
  async write(events: readonly CheckedEvent[], tenant: string | undefined): Promise<readonly Fate[]> {
    const { window } = this.#options;
    const keys = events.map(({ event }) => keyOf(event.event_id, tenant));
    const places = new Map<string, number>();
    const own: number[] = [];
    const seen: (true | PendingWrite | undefined)[] = [];
    for (const [at, key] of keys.entries()) {
      const found = window === undefined || places.has(key) ? undefined : window.find(key);
      seen.push(found);
      if (found !== undefined || (window !== undefined && places.has(key))) continue;
      places.set(window === undefined ? `${at}` : key, own.length);
      own.push(at);
    }
    const pending = own.length > 0 ? this.#start(events, own, places) : undefined;
    const outcomes = await this.#outcomes([...seen, pending]);
    return keys.map((key, at) => {
      const found = seen[at];
      if (found === true) return { was: "duplicate" };
      const write = found ?? pending;
      const outcome = write && outcomes.get(write);
      const place = write?.places.get(window === undefined ? `${at}` : key);
      const fate = fateOf(outcome, place ?? 0);
      const isOwn = found === undefined && own[place ?? 0] === at;
      return fate.was === "accepted" && !isOwn ? { was: "duplicate" } : fate;
    });
  }

  #start(
    events: readonly CheckedEvent[],
    own: readonly number[],
    places: ReadonlyMap<string, number>,
  ): PendingWrite {
    const { ack, ackTimeoutMs, window, clock } = this.#options;
    const stop = new AbortController();
    const timer = clock.setTimer(() => stop.abort(), ackTimeoutMs, { unref: true });
    const batch = own.flatMap((at) => events[at]?.event ?? []);
    const writing = this.#call(batch, { until: ack, signal: stop.signal });
    const outcome = writing.then((done) => {
      timer.cancel();
      const settled: SettledWrite =
        done.state === "refused"
          ? { refusal: done, exceptions: new Map() }
          : { refusal: undefined, exceptions: new Map(done.except?.map((one) => [one.index, one])) };
      if (window !== undefined) settle(window, places, settled);
      return settled;
    });
    const pending: PendingWrite = { places, outcome };
    // Nothing that a sink does before it gives its promise back can have settled these.
    if (window !== undefined) for (const key of places.keys()) window.reserve(key, pending);
    return pending;
  }

  /** A sink promises never to throw; one that does all the same may have taken events. */
  async #call(batch: readonly ActivityEvent[], options: WriteOptions): Promise<WriteOutcome> {
    const { sink, ack, tell } = this.#options;
    try {
      return await sink.write(batch, options);
    } catch (cause) {
      tell({ code: "failed", message: "the sink threw on write", cause });
      const reason = { code: "sink_failed", detail: "the sink threw" };
      return {
        state: "done",
        reached: ack,
        except: batch.map((_, index) => ({ index, was: "unknown", reason })),
      };
    }
  }

  /** What is known of some writes when the time for them is up. */
  async #outcomes(
    writes: readonly (true | PendingWrite | undefined)[],
  ): Promise<ReadonlyMap<PendingWrite, SettledWrite>> {
    const { clock, ackTimeoutMs } = this.#options;
    const known = new Map<PendingWrite, SettledWrite>();
    const distinct = new Set(writes.filter((write) => typeof write === "object"));
    const all = [...distinct].map(async (write) => known.set(write, await write.outcome));
    const stop: { timer?: { cancel(): void } } = {};
    const late = new Promise<void>((resolve) => {
      stop.timer = clock.setTimer(resolve, ackTimeoutMs + abortGraceMs, { unref: true });
    });
    await Promise.race([Promise.all(all), late]);
    stop.timer?.cancel();
    return known;
  }
}

/** What an event is recognised by. Ids hold no line feed, so no two pairs give one key. */
export function keyOf(eventId: string, tenant: string | undefined): string {
  return tenant === undefined ? eventId : `${tenant}\n${eventId}`;
}

function settle(
  window: DedupeWindow<PendingWrite>,
  places: ReadonlyMap<string, number>,
  { refusal, exceptions }: SettledWrite,
): void {
  for (const [key, place] of places) {
    if (refusal !== undefined || exceptions.has(place)) window.release(key);
    else window.commit(key);
  }
}

function fateOf(settled: SettledWrite | undefined, place: number): Fate {
  if (settled === undefined) return { was: "open", reason: { code: "unanswered" }, taken: true };
  const { refusal, exceptions } = settled;
  if (refusal !== undefined) {
    const { reason, retryAfterMs } = refusal;
    return { was: "open", reason, taken: false, retryAfterMs };
  }
  const exception = exceptions.get(place);
  if (exception === undefined) return { was: "accepted" };
  const { was, reason } = exception;
  return was === "rejected" ? { was, reason } : { was: "open", reason, taken: true };
}
