import { createEventSource } from "../client/event-source.ts";
import { systemClock } from "../clock.ts";
import { eventsDropped, sourceClosed } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import type { Problem, ProblemHandler } from "../errors/problem.ts";
import { guardHandler, warnOnce } from "../errors/warn-once.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import { sourceOf } from "../event/activity-event.ts";
import { utf8Bytes } from "../event/utf8.ts";
import { defaultLimits, eventLimits } from "../limits.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  AckLevel,
  DropReason,
  LedgerSnapshot,
  Sink,
  TimeoutOptions,
  WriteOptions,
  WriteOutcome,
} from "../ports/sink.ts";
import type { Importance, NumberedSource, Position, Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import type { Transport } from "../ports/transport.ts";
import { Announcer } from "./announcer.ts";
import { DeliveryLoop } from "./delivery-loop.ts";
import { ask, chooseImportance } from "./importance-of.ts";
import { Ledger } from "./ledger.ts";
import type { OutboxOptions } from "./outbox-options.ts";
import { checkOutboxOptions } from "./outbox-options.ts";
import { takeBack } from "./take-back.ts";
import type { Ticket } from "./waiters.ts";
import { Waiters } from "./waiters.ts";

/** A write whose events have entered. */
interface Written {
  readonly last: Position;
  readonly count: number;
  readonly signal: AbortSignal | undefined;
}

/** What `close` keeps of its time for attempts that it has aborted: at most this, and at most a tenth. */
const maxGraceMs = 100;

/**
 * The one delivery loop: keeps events in a store until a transport's next hop has confirmed them, retries
 * what failed under the same batch, and counts wherever an event ends. Every sink is one of these.
 *
 * @throws INVALID_OPTION for a number that is out of its range
 */
export function createOutbox(transport: Transport, store: Store, options: OutboxOptions = {}): Sink {
  checkOutboxOptions(options);
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
  /** The one that the store was told of last. */
  #source: NumberedSource | undefined;
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
    const source = createEventSource(clock);
    this.#announcer = new Announcer({
      source,
      most: mostAnnouncements(store),
      admits: (likeThis) => this.#admitsAnnouncement(likeThis),
      append: (event) => this.#recordOwn(event, source),
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
    for (let position = 1; position <= (store.entered ?? 0); position++) {
      this.#ledger.record();
      this.#waiters.enter(position);
    }
    // Last, since it may record that the sources of others have ended.
    this.#loop.adopt();
  }

  record(event: ActivityEvent): void {
    if (this.#closing !== undefined) return this.#dropLate(event, "closed");
    if (this.#loop.denied) return this.#dropLate(event, "consent");
    const source = sourceOf(event);
    this.#begin(source);
    // The end of a source is one event; without it nobody can prove that what came before was all.
    const isEnd = source && event.event_type === eventTypes.telemetry && event.event_name === sourceClosed;
    const importance = isEnd ? importances.kept : chooseImportance(event, this.#options.importanceOf);
    this.#append(event, importance);
    this.#makeRoom(importance);
    this.#loop.linger();
  }

  async write(events: readonly ActivityEvent[], options: WriteOptions = {}): Promise<WriteOutcome> {
    const { until = "delivered", signal } = options;
    const refusal = this.#refusal(events, signal);
    if (refusal !== undefined) return refusal;
    let last: Position = 0;
    for (const event of events) last = this.#append(event, importances.kept);
    this.#makeRoom(importances.kept);
    this.#loop.linger();
    if (until === "queued" || last === 0) return { state: "done", reached: until };
    return this.#whenReached(until, { last, count: events.length, signal });
  }

  async flush({ timeoutMs = defaultLimits.flushMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    if (this.#closing !== undefined) return this.#closing;
    const deadline = this.#clock.monotonic() + timeoutMs;
    this.#announcer.announce();
    const { holds } = this.#announcer;
    await this.#drain(timeoutMs);
    const leftMs = deadline - this.#clock.monotonic();
    if (holds && leftMs > 0) {
      // What was on its way has made room for what it held back.
      this.#announcer.announce();
      await this.#drain(leftMs);
    }
    return this.stats();
  }

  close({ timeoutMs = defaultLimits.closeMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    this.#closing ??= Promise.resolve().then(() => this.#shutDown(timeoutMs));
    return this.#closing;
  }

  stats(): LedgerSnapshot {
    return this.#ledger.snapshot();
  }

  discard(reason: DropReason): void {
    if (reason === "consent") this.#loop.denied = true;
    this.#loop.discard(reason);
  }

  #laneOf(event: () => ActivityEvent): number {
    return this.#transport.lane ? (ask(() => this.#transport.lane?.(event())) ?? 0) : 0;
  }

  #append(event: ActivityEvent, importance: Importance): Position {
    const lane = this.#transport.lane ? this.#laneOf(() => event) : 0;
    this.#ledger.record();
    const position = this.#store.append(event.text, lane, importance);
    this.#waiters.enter(position);
    return position;
  }

  /** Gives up what the store has no room for. Last of all, since it tells the host, who may record again. */
  #makeRoom(importance: Importance): void {
    const { usage, capacity } = this.#store;
    if (usage.events > capacity.events || usage.bytes > capacity.bytes) this.#loop.makeRoom(importance);
  }

  #recordOwn(event: ActivityEvent, source: NumberedSource): void {
    if (this.#options.announceDrops === false || this.#loop.denied) return;
    if (source.last > 0) this.#begin(source);
    const position = this.#append(event, importances.kept);
    if (event.event_name === eventsDropped) this.#waiters.announce(position);
  }

  /**
   * Announcements are never evicted and come on top of the store's cap: the next waits until the last has its
   * outcome, and while the lane that it would go to fails. What is dropped meanwhile it names as well.
   */
  #admitsAnnouncement(likeThis: () => ActivityEvent): boolean {
    const { destination, lanes } = this.#loop;
    if (this.#waiters.announcing || destination.failing) return false;
    return !lanes.isFailing(this.#laneOf(likeThis));
  }

  /** Tells the store whose numbers it is about to get; those of other processes are not ours to end. */
  #begin(source: NumberedSource | undefined): void {
    if (source === undefined || source === this.#source) return;
    this.#source = source;
    this.#store.begin?.(source);
  }

  #dropLate(event: ActivityEvent, reason: DropReason): void {
    this.#ledger.record();
    this.#ledger.drop(reason, 1);
    this.#announcer.note(reason, event.text);
  }

  /** Why a write cannot enter: closing, given up already, or no room even if everything evictable went. */
  #refusal(events: readonly ActivityEvent[], signal: AbortSignal | undefined): WriteOutcome | undefined {
    if (this.#closing !== undefined) return { state: "refused", reason: { code: "closed" } };
    if (this.#loop.denied) return { state: "refused", reason: { code: "consent" } };
    if (signal?.aborted) return { state: "refused", reason: { code: "aborted" } };
    const { usage, capacity } = this.#store;
    const bytes = events.reduce((sum, event) => sum + utf8Bytes(event.text) + 1, 0);
    const full =
      usage.events - usage.evictableEvents + events.length > capacity.events ||
      usage.bytes - usage.evictableBytes + bytes > capacity.bytes;
    if (!full) return undefined;
    const retryAfterMs = Math.max(1_000, this.#loop.destination.until - this.#clock.monotonic());
    return { state: "refused", reason: { code: "capacity" }, retryAfterMs };
  }

  #whenReached(until: AckLevel, { last, count, signal }: Written): Promise<WriteOutcome> {
    return new Promise((resolve) => {
      const ticket = this.#waiters.open(last - count + 1, count, (outcome) => {
        signal?.removeEventListener("abort", abort);
        resolve(outcome);
      });
      const abort = (): void => this.#withdraw(ticket);
      signal?.addEventListener("abort", abort, { once: true });
      const pump = (): void => this.#loop.pump();
      // A store that dies with the process, or cannot write, is durable only when the next hop has the events.
      if (until === "delivered" || !this.#store.survives) return pump();
      const isDurable = (): void => {
        if (!ticket.aborted) this.#waiters.finish(ticket, until);
      };
      void this.#store.durable(last).then(isDurable).then(pump, pump);
    });
  }

  /** Takes back what an aborted write has not sent; what is in flight is left alone and never retried. */
  #withdraw(ticket: Ticket): void {
    const { unsent, parts } = takeBack(ticket, this.#loop.lanes.values());
    const withdrawn = this.#store.withdraw?.(ticket.first, ticket.last) ?? [];
    for (const position of withdrawn) unsent.add(position - ticket.first);
    this.#waiters.abort(ticket, unsent, { code: "aborted" });
    for (const part of parts) this.#loop.finish(part, "withdrawn");
    this.#ledger.settle("withdrawn", withdrawn.length);
    for (const position of withdrawn) this.#waiters.settle(position);
    this.#loop.pump();
  }

  /** Sends everything that has entered; returns when it has an outcome or the time is up. */
  async #drain(timeoutMs: number): Promise<void> {
    const barrier = this.#waiters.barrier();
    this.#loop.hurry();
    await this.#within(barrier.reached, timeoutMs);
    barrier.cancel();
    this.#loop.pump();
  }

  async #within(done: Promise<unknown>, timeoutMs: number): Promise<void> {
    const stop = new AbortController();
    await Promise.race([done, this.#clock.sleep(timeoutMs, stop.signal)]);
    stop.abort();
  }

  async #shutDown(timeoutMs: number): Promise<LedgerSnapshot> {
    const graceMs = Math.min(maxGraceMs, timeoutMs / 10);
    const end = this.#clock.monotonic() + timeoutMs;
    const leftMs = (): number => end - graceMs - this.#clock.monotonic();
    this.#announcer.announceAll();
    await this.#drain(leftMs());
    // Only now is known what else there is to announce, and that nothing follows.
    this.#announcer.end();
    if (leftMs() > 0) await this.#drain(leftMs());
    this.#loop.stop();
    // Batches of other processes' events that are under way may use what time is left.
    await this.#within(Promise.allSettled(this.#loop.sends), leftMs());
    this.#loop.abort();
    await this.#within(Promise.allSettled(this.#loop.sends), graceMs);
    this.#loop.end();
    this.#countRest();
    const closed = Promise.allSettled([this.#transport, this.#store].map(async (part) => part.close()));
    // Whatever time is left, both were told; what they have to do at once is done.
    await this.#within(closed, Math.min(maxGraceMs, Math.max(0, end - this.#clock.monotonic())));
    return this.stats();
  }

  /** Counts what is left: handed over where the store outlives us, else dropped. */
  #countRest(): void {
    const { pending } = this.#ledger;
    const { survives } = this.#store;
    const count = survives ? 0 : Math.min(this.#store.preserve?.() ?? pending, pending);
    this.#ledger.settle("handedOver", pending - count);
    if (count > 0) {
      this.#ledger.drop("closed", count);
      this.#tell({
        code: "dropped",
        message: `${count} event(s) were left at close`,
        count,
        reason: { code: "closed" },
      });
    }
    this.#waiters.end(survives ? "unknown" : "dropped", { code: "closed" });
  }

  #tell(problem: Problem): void {
    if (this.onProblem !== undefined) return guardHandler(this.onProblem)(problem);
    // While the outbox is made, what was left over a limit is dropped: the client that listens comes after that.
    queueMicrotask(() => {
      this.onProblem ??= warnOnce();
      guardHandler(this.onProblem)(problem);
    });
  }
}

/** So many announcements, full as they may be, take a tenth of a store; at least one. */
function mostAnnouncements({ capacity: { events, bytes } }: Store): number {
  return Math.max(1, Math.floor(Math.min(events, bytes / eventLimits.maxBytes) / 10));
}
