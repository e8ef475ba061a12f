import { createEventSource } from "../client/event-source.ts";
import { systemClock } from "../clock.ts";
import type { Problem, ProblemHandler } from "../errors/problem.ts";
import { guardHandler, warnOnce } from "../errors/warn-once.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import { defaultLimits } from "../limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { LedgerSnapshot, Sink, TimeoutOptions, WriteOptions, WriteOutcome } from "../ports/sink.ts";
import type { Importance, Position, Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import type { Transport } from "../ports/transport.ts";
import { Announcer } from "./announcer.ts";
import { DeliveryLoop } from "./delivery-loop.ts";
import type { RetryOptions } from "./gate.ts";
import { importanceOf } from "./importance-of.ts";
import { Ledger } from "./ledger.ts";
import { takeBack } from "./take-back.ts";
import type { Ticket } from "./waiters.ts";
import { Waiters } from "./waiters.ts";

/** Options of an outbox. Each has a default. */
export interface OutboxOptions {
  /** How long a recorded event may wait for others to fill a batch, in milliseconds. @defaultValue 1,000 */
  readonly lingerMs?: number | undefined;
  /** @defaultValue a random part of 200 ms · 2ⁿ, at most 60 s */
  readonly retry?: RetryOptions | undefined;
  /** How long an event may wait before it is dropped as `expired`, in milliseconds. @defaultValue no limit */
  readonly maxAgeMs?: number | undefined;
  /** How much an event matters when room is short. @defaultValue by its type, see {@link importanceOf} */
  readonly importanceOf?: ((event: ActivityEvent) => Importance) | undefined;
  /** Whether dropped and rejected events are named downstream by `events_dropped`. @defaultValue true */
  readonly announceDrops?: boolean | undefined;
  readonly onProblem?: ProblemHandler | undefined;
  readonly clock?: Clock | undefined;
}

/** What `close` keeps of its time for attempts that it has aborted: at most this, and at most a tenth. */
const maxGraceMs = 100;

/**
 * The one delivery loop: keeps events in a store until a transport's next hop has confirmed them, retries
 * what failed under the same batch, and counts wherever an event ends. Every sink is one of these.
 */
export function createOutbox(transport: Transport, store: Store, options: OutboxOptions = {}): Sink {
  return new Outbox(transport, store, options);
}

class Outbox implements Sink {
  onProblem: ProblemHandler | undefined;
  readonly #transport: Transport;
  readonly #store: Store;
  readonly #options: OutboxOptions;
  readonly #clock: Clock;
  readonly #ledger: Ledger = new Ledger();
  readonly #waiters: Waiters = new Waiters();
  readonly #announcer: Announcer;
  readonly #loop: DeliveryLoop;
  #closing: Promise<LedgerSnapshot> | undefined;

  constructor(transport: Transport, store: Store, options: OutboxOptions) {
    const {
      clock = systemClock,
      retry = defaultLimits.retry,
      lingerMs = defaultLimits.batch.lingerMs,
    } = options;
    this.onProblem = options.onProblem;
    this.#transport = transport;
    this.#store = store;
    this.#options = options;
    this.#clock = clock;
    const tell = (problem: Problem): void => this.#tell(problem);
    this.#announcer = new Announcer({
      source: createEventSource(clock),
      append: (event) => this.#recordOwn(event),
      tell,
    });
    this.#loop = new DeliveryLoop({
      transport,
      store,
      clock,
      retry,
      lingerMs,
      maxAgeMs: options.maxAgeMs ?? Number.POSITIVE_INFINITY,
      ledger: this.#ledger,
      waiters: this.#waiters,
      announcer: this.#announcer,
      tell,
    });
    this.#ledger.adopt(store.adopt?.() ?? 0);
    if (this.#ledger.adopted > 0) this.#loop.linger();
  }

  record(event: ActivityEvent): void {
    if (this.#closing !== undefined) return this.#dropLate();
    this.#append(event, this.#options.importanceOf?.(event) ?? importanceOf(event.event_type));
    this.#loop.linger();
  }

  async write(events: readonly ActivityEvent[], options: WriteOptions = {}): Promise<WriteOutcome> {
    const { until = "delivered", signal } = options;
    const refusal = this.#refusal(events, signal);
    if (refusal !== undefined) return refusal;
    let first: Position | undefined;
    for (const event of events) first ??= this.#append(event, importances.kept);
    if (first === undefined) return { state: "done", reached: until };
    this.#loop.linger();
    if (until === "queued") return { state: "done", reached: "queued" };
    if (until === "durable" && this.#store.survives) {
      await this.#store.durable(first + events.length - 1);
      return { state: "done", reached: "durable" };
    }
    // A store that dies with the process is durable only when the next hop has the events.
    return this.#whenDelivered(first, events.length, signal);
  }

  async flush({ timeoutMs = defaultLimits.flushMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    if (this.#closing !== undefined) return this.#closing;
    this.#announcer.announce();
    await this.#drain(timeoutMs);
    return this.stats();
  }

  close({ timeoutMs = defaultLimits.closeMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    this.#closing ??= Promise.resolve().then(() => this.#shutDown(timeoutMs));
    return this.#closing;
  }

  stats(): LedgerSnapshot {
    return this.#ledger.snapshot();
  }

  #append(event: ActivityEvent, importance: Importance): Position {
    this.#ledger.record();
    const position = this.#store.append(event.text, this.#transport.lane?.(event) ?? 0, importance);
    this.#waiters.enter(position);
    const { usage, capacity } = this.#store;
    if (usage.events > capacity.events || usage.bytes > capacity.bytes) this.#loop.evict();
    return position;
  }

  #recordOwn(event: ActivityEvent): void {
    if (this.#options.announceDrops !== false) this.#append(event, importances.kept);
  }

  #dropLate(): void {
    this.#ledger.record();
    this.#ledger.drop("closed", 1);
    this.#tell({
      code: "dropped",
      message: "an event was recorded after close",
      count: 1,
      reason: { code: "closed" },
    });
  }

  /** Why a write cannot enter: closing, given up already, or no room even if everything evictable went. */
  #refusal(events: readonly ActivityEvent[], signal: AbortSignal | undefined): WriteOutcome | undefined {
    if (this.#closing !== undefined) return { state: "refused", reason: { code: "closed" } };
    if (signal?.aborted) return { state: "refused", reason: { code: "aborted" } };
    const { usage, capacity } = this.#store;
    const bytes = events.reduce((sum, event) => sum + event.text.length + 1, 0);
    const full =
      usage.events - usage.evictableEvents + events.length > capacity.events ||
      usage.bytes - usage.evictableBytes + bytes > capacity.bytes;
    if (!full) return undefined;
    const retryAfterMs = Math.max(1_000, this.#loop.destination.until - this.#clock.monotonic());
    return { state: "refused", reason: { code: "capacity" }, retryAfterMs };
  }

  #whenDelivered(first: Position, count: number, signal: AbortSignal | undefined): Promise<WriteOutcome> {
    return new Promise((resolve) => {
      const ticket = this.#waiters.open(first, count, (outcome) => {
        signal?.removeEventListener("abort", abort);
        resolve(outcome);
      });
      const abort = (): void => this.#withdraw(ticket);
      signal?.addEventListener("abort", abort, { once: true });
      this.#loop.pump();
    });
  }

  /** Takes back what an aborted write has not sent; what is in flight is left alone and never retried. */
  #withdraw(ticket: Ticket): void {
    const { unknown, unsent, parts } = takeBack(ticket, this.#loop.lanes.values());
    const stored = [...ticket.open].filter((place) => !unknown.has(place) && !unsent.has(place));
    const withdrawn = this.#store.withdraw?.(ticket.first, ticket.last) ?? 0;
    // A store that cannot give them back will have them sent.
    if (withdrawn < stored.length) for (const place of stored) unknown.add(place);
    this.#waiters.abort(ticket, unknown, { code: "aborted" });
    for (const part of parts) this.#loop.finish(part, "withdrawn");
    if (withdrawn === stored.length) {
      this.#ledger.settle("withdrawn", withdrawn);
      for (const place of stored) this.#waiters.settle(ticket.first + place);
    }
    this.#loop.hold();
  }

  /** Sends everything that has entered; returns when it has an outcome or the time is up. */
  async #drain(timeoutMs: number): Promise<void> {
    const barrier = this.#waiters.barrier();
    this.#loop.hurry();
    await this.#within(barrier.reached, timeoutMs);
    barrier.cancel();
    this.#loop.hold();
  }

  async #within(done: Promise<unknown>, timeoutMs: number): Promise<void> {
    const stop = new AbortController();
    await Promise.race([done, this.#clock.sleep(timeoutMs, stop.signal)]);
    stop.abort();
  }

  async #shutDown(timeoutMs: number): Promise<LedgerSnapshot> {
    const graceMs = Math.min(maxGraceMs, timeoutMs / 10);
    const deadline = this.#clock.monotonic() + timeoutMs - graceMs;
    this.#announcer.announce();
    this.#announcer.end();
    await this.#drain(timeoutMs - graceMs);
    // Batches of other processes' events that are under way may use what time is left.
    await this.#within(Promise.allSettled(this.#loop.sends), deadline - this.#clock.monotonic());
    this.#loop.abort();
    await this.#within(Promise.allSettled(this.#loop.sends), graceMs);
    this.#loop.end();
    this.#countRest();
    await this.#within(Promise.allSettled([this.#transport.close(), this.#store.close()]), maxGraceMs);
    return this.stats();
  }

  /** Counts what is left: handed over where the store outlives us, else dropped. */
  #countRest(): void {
    const { pending } = this.#ledger;
    const { survives } = this.#store;
    if (survives) this.#ledger.settle("handedOver", pending);
    else if (pending > 0) {
      this.#ledger.drop("closed", pending);
      this.#tell({
        code: "dropped",
        message: `${pending} event(s) were left at close`,
        count: pending,
        reason: { code: "closed" },
      });
    }
    this.#waiters.end(survives ? "unknown" : "dropped", { code: "closed" });
  }

  #tell(problem: Problem): void {
    this.onProblem ??= warnOnce();
    guardHandler(this.onProblem)(problem);
  }
}
