import type { Problem } from "../errors/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { Reason } from "../ports/reason.ts";
import type { DropReason } from "../ports/sink.ts";
import type { Importance, Lease, Store } from "../ports/store.ts";
import type { Transport, Verdict } from "../ports/transport.ts";
import { Alarm } from "./alarm.ts";
import type { Announcer } from "./announcer.ts";
import type { RetryOptions } from "./gate.ts";
import { Gate } from "./gate.ts";
import { takeHeld } from "./held-batches.ts";
import { isVerdict } from "./is-verdict.ts";
import type { LaneState } from "./lanes.ts";
import { Lanes } from "./lanes.ts";
import type { Ledger, Outcome } from "./ledger.ts";
import type { OpenLease, OutboxBatch } from "./outbox-batch.ts";
import { cutLease, partSize } from "./outbox-batch.ts";
import { Troubles } from "./troubles.ts";
import type { Waiters } from "./waiters.ts";

/** What the loop works with. */
export interface DeliveryPort {
  readonly transport: Transport;
  readonly store: Store;
  readonly clock: Clock;
  readonly retry: RetryOptions;
  readonly lingerMs: number;
  readonly maxAgeMs: number;
  readonly ledger: Ledger;
  readonly waiters: Waiters;
  readonly announcer: Announcer;
  tell(problem: Problem): void;
}

const never = Number.POSITIVE_INFINITY;
/** How often a store is asked what other processes left. */
const adoptEveryMs = 30_000;

/**
 * Leases events from the store, cuts them into batches, sends these within the transport's limits and
 * gives every event the outcome that the verdict says. A batch stays itself until then.
 */
export class DeliveryLoop {
  readonly lanes: Lanes;
  /** Closed while the next hop as a whole is failing. */
  readonly destination: Gate;
  /** Batches in flight. */
  readonly sends: Set<Promise<void>> = new Set();
  /** The next hop has said that it wants no events: nothing is sent any more. */
  denied = false;
  readonly #port: DeliveryPort;
  readonly #alarm: Alarm;
  readonly #abort: AbortController = new AbortController();
  readonly #leases = new Set<OpenLease>();
  /** Events leased, and their bytes. */
  #leased = 0;
  #leasedBytes = 0;
  /** When what waits is sent, although it fills no batch. */
  #lingerAt: number = never;
  /** When the first closed gate opens. */
  #opensAt: number = never;
  #adoptAt: number = never;
  /** Lease what there is, however little. Stays set while nothing may be sent. */
  #force = false;
  #pumpSoon = false;
  #stopped = false;
  readonly #troubles: Troubles;
  #ended = false;
  /** Made once: a function that is made for each event is garbage for each event. */
  readonly #pump = (): void => this.pump();

  constructor(port: DeliveryPort) {
    const { clock, retry, transport, store } = port;
    this.#port = port;
    this.lanes = new Lanes(clock, retry, transport.limits.perLane);
    this.destination = new Gate(clock, retry);
    this.#troubles = new Troubles(clock, port.tell);
    this.#alarm = new Alarm(clock, this.#pump);
    store.onReady = this.#pump;
  }

  /** Takes over what processes left that have died meanwhile; asked again every half minute. */
  adopt(): void {
    const { store, clock, ledger, announcer } = this.#port;
    if (store.adopt === undefined) return;
    ledger.adopt(store.adopt());
    store.ended?.((source) => announcer.endOther(source));
    this.#adoptAt = clock.monotonic() + adoptEveryMs;
    // What could not be read is given up here, not at close.
    this.evict();
    if (store.usage.events > this.#leased) this.#startLinger();
    this.#arm();
  }

  /** Sees to it that what was just appended is sent: soon when it fills a batch, else after the linger. */
  linger(): void {
    const { usage } = this.#port.store;
    const { maxEvents, maxBytes } = this.#port.transport.limits;
    if (usage.events - this.#leased >= maxEvents || usage.bytes - this.#leasedBytes >= maxBytes) {
      if (this.#pumpSoon) return;
      this.#pumpSoon = true;
      queueMicrotask(this.#pump);
    } else if (this.#lingerAt === never) {
      this.#startLinger();
      this.#arm();
    }
  }

  /** Sends whatever may be sent now. */
  pump(): void {
    this.#pumpSoon = false;
    if (this.#stopped) return;
    if (this.denied) return this.discard("consent");
    const { transport, store, clock, waiters, maxAgeMs } = this.#port;
    if (clock.monotonic() >= this.#adoptAt) this.adopt();
    if (maxAgeMs !== never) this.evict(clock.monotonic() - maxAgeMs);
    // One write after the other must not each wait for company that cannot come.
    if (clock.monotonic() >= this.#lingerAt || waiters.draining || (waiters.waiting && this.sends.size === 0))
      this.#force = true;
    if (this.#force) this.#lingerAt = never;
    let exhausted = false;
    while (this.sends.size < transport.limits.inFlight && this.destination.admits(this.sends.size)) {
      const lane = this.lanes.next();
      if (lane !== undefined) {
        this.#launch(lane);
        continue;
      }
      const lease = store.lease((number) => this.lanes.takes(number), this.#force);
      if (lease === "loading") break;
      if (lease === undefined) {
        exhausted = this.#force;
        this.#force = false;
        break;
      }
      this.#open(lease);
    }
    // What a forced lease leaves is in lanes that take no more; their verdict or gate brings the next pump.
    if (!exhausted && store.usage.events > this.#leased) this.#startLinger();
    const { until } = this.destination;
    this.#opensAt = until > clock.monotonic() ? until : this.lanes.nextOpening();
    this.#arm();
  }

  /** Tries again now what waits for the own back-off to pass. */
  hurry(): void {
    this.destination.hurry();
    this.lanes.hurry();
    this.pump();
  }

  /** Sends nothing more; verdicts of what is under way still count. */
  stop(): void {
    this.#stopped = true;
    this.#arm();
  }

  /** Ends every attempt that is under way. */
  abort(): void {
    this.#abort.abort();
  }

  /** Takes no more verdicts; what has no outcome goes back to the store. */
  end(): void {
    this.#ended = true;
    const batches = [...this.lanes.values()].flatMap(({ queue, flying }) => [...queue, ...flying]);
    for (const from of this.#leases) {
      const open = batches.filter((batch) => batch.from === from).flatMap((batch) => batch.indices);
      if (open.length === from.lease.count) this.#port.store.release(from.lease);
      else
        this.#port.store.settle(
          from.lease,
          open.toSorted((a, b) => a - b),
        );
    }
  }

  /** Gives up what the store has no room for since an event of this importance entered. */
  makeRoom(importance: Importance): void {
    for (const batch of takeHeld(this.lanes.values(), this.#port.store, importance))
      this.#drop(batch, "capacity");
    this.evict();
  }

  /** Gives up what the store cannot keep, and what entered before `bornBefore`. */
  evict(bornBefore?: number): void {
    const { store, ledger, waiters, announcer } = this.#port;
    for (const { reason, count, texts, positions } of store.evict(bornBefore)) {
      ledger.drop(reason, count);
      for (const text of texts) announcer.note(reason, text);
      for (const position of positions) waiters.settle(position, "dropped", { code: reason });
    }
    const taken = store.takenOver?.();
    if (taken === undefined || taken.count === 0) return;
    ledger.settle("handedOver", taken.count);
    for (const position of taken.positions) waiters.settle(position, "unknown", { code: "taken_over" });
  }

  /** Gives up everything that waits; what is under way when it comes back undelivered. */
  discard(reason: DropReason): void {
    for (;;) {
      const lease = this.#port.store.lease(() => true, true);
      if (lease === undefined || lease === "loading") break;
      this.#open(lease);
    }
    for (const { queue, flying } of this.lanes.values()) {
      for (const batch of queue.splice(0)) this.#drop(batch, reason);
      for (const batch of flying) batch.givenUp = reason;
    }
    this.#arm();
  }

  /** Gives every event of a batch the same outcome. */
  finish(batch: OutboxBatch, outcome: Outcome, reason?: Reason): void {
    if (batch.count === 0) return;
    const { ledger, waiters, store } = this.#port;
    ledger.settle(outcome, batch.count);
    const { from } = batch;
    const failed = outcome === "rejected" || outcome === "dropped" || outcome === "withdrawn";
    const was = failed ? outcome : undefined;
    for (const index of batch.indices) {
      const position = from.lease.positions[index] ?? 0;
      // 0 is another process's event: nobody here waits for it.
      if (position > 0) waiters.settle(position, was, reason);
    }
    from.open -= batch.count;
    if (from.open > 0) return;
    this.#leases.delete(from);
    this.#leased -= from.lease.count;
    this.#leasedBytes -= from.lease.bytes.length;
    store.settle(from.lease, []);
  }

  #open(lease: Lease): void {
    const from: OpenLease = { lease, open: lease.count };
    this.#leases.add(from);
    this.#leased += lease.count;
    this.#leasedBytes += lease.bytes.length;
    this.lanes.get(lease.lane).queue.push(...cutLease(from, this.#port.transport.limits));
  }

  /** From now on, unless it has begun or what waits is due anyway. */
  #startLinger(): void {
    const { clock, lingerMs } = this.#port;
    if (!this.#force) this.#lingerAt = Math.min(this.#lingerAt, clock.monotonic() + lingerMs);
  }

  /** Sets the alarm for the next thing that only time brings about. */
  #arm(): void {
    const { ledger, waiters } = this.#port;
    // What waits next begins a linger of its own.
    if (ledger.pending === 0) this.#lingerAt = never;
    const due = ledger.pending === 0 ? never : Math.min(this.#lingerAt, this.#opensAt);
    this.#alarm.set(this.#stopped ? never : Math.min(due, this.#adoptAt), waiters.waiting);
  }

  #launch(lane: LaneState): void {
    const batch = lane.queue.shift();
    if (batch === undefined) return;
    batch.attempt++;
    batch.begunAt = this.#port.clock.monotonic();
    lane.flying.add(batch);
    const sent = this.#send(batch).then((verdict) => {
      this.sends.delete(sent);
      if (this.#ended) return;
      lane.flying.delete(batch);
      this.#apply(lane, batch, verdict);
      this.pump();
    });
    this.sends.add(sent);
  }

  async #send(batch: OutboxBatch): Promise<Verdict> {
    try {
      const verdict: unknown = await this.#port.transport.send(batch, this.#abort.signal);
      if (isVerdict(verdict)) return verdict;
      throw new TypeError(`the transport answered ${JSON.stringify(verdict)}, which is no verdict`);
    } catch (cause) {
      // Against its contract; nothing is known, so nothing is given up.
      return { kind: "retry", reason: { code: "transport_failed", detail: String(cause).slice(0, 200) } };
    }
  }

  #apply(lane: LaneState, batch: OutboxBatch, verdict: Verdict): void {
    const onTheWire = verdict.kind !== "retry" || verdict.unsent !== true;
    if (onTheWire && batch.sent) this.#port.ledger.repeats += batch.count;
    batch.sent ||= onTheWire;
    switch (verdict.kind) {
      case "delivered":
        return this.#applyDelivered(lane, batch, verdict);
      case "split":
        return batch.count > 1
          ? this.#requeue(lane, batch, partSize(batch.count, verdict.maxEvents))
          : this.#reject(batch, {
              code: "too_large",
              detail: "the next hop takes no event of this size",
            });
      case "rejected":
        return this.#reject(batch, verdict.reason);
      case "denied":
        this.denied = true;
        return this.#drop(batch, "consent");
      case "retry":
        this.#retryLater(lane, batch, verdict);
    }
  }

  #retryLater(lane: LaneState, batch: OutboxBatch, verdict: Extract<Verdict, { kind: "retry" }>): void {
    const gate = verdict.scope === "destination" ? this.destination : lane.gate;
    gate.fail(verdict.afterMs);
    this.#requeue(lane, batch);
    // Last, since the host may write again while it is told.
    // What is aborted at close says nothing of the next hop.
    if (!this.#stopped && this.#port.ledger.pending > 0)
      this.#troubles.fail(gate, { ...verdict, begunAt: batch.begunAt });
  }

  #applyDelivered(
    lane: LaneState,
    batch: OutboxBatch,
    { rejected, retry }: Extract<Verdict, { kind: "delivered" }>,
  ): void {
    this.destination.succeed();
    this.#troubles.end(this.destination, lane.gate);
    const again = new Set(retry);
    const refused = new Map(rejected);
    if (again.size > 0) lane.gate.fail();
    else lane.gate.succeed();
    const whole = again.size === 0 && refused.size === 0;
    const done = whole ? batch : batch.pick((place) => !again.has(place) && !refused.has(place));
    this.finish(done, "delivered");
    if (again.size > 0)
      this.#requeue(
        lane,
        batch.pick((place) => again.has(place)),
      );
    for (const [place, reason] of refused) {
      if (!again.has(place))
        this.#reject(
          batch.pick((other) => other === place),
          reason,
        );
    }
    // A next hop that takes nothing else would refuse the announcement too, and that of its refusal.
    if (done.count > 0 && this.#port.announcer.announce()) this.linger();
  }

  /** Puts a batch back at the front of its lane, without what nobody waits for any more; in parts of at most `size` events. */
  #requeue(lane: LaneState, batch: OutboxBatch, size: number = batch.count): void {
    if (batch.givenUp !== undefined) return this.#drop(batch, batch.givenUp);
    const { clock, waiters, maxAgeMs } = this.#port;
    const { positions, times } = batch.from.lease;
    const bornBefore = clock.monotonic() - maxAgeMs;
    const abandoned: number[] = [];
    const expired: number[] = [];
    const parts = Array.from({ length: Math.ceil(batch.count / size) }, (): number[] => []);
    for (const [place, index] of batch.indices.entries()) {
      const position = positions[index] ?? 0;
      if (waiters.abandoned(position)) abandoned.push(index);
      // What an announcement names, no other would: it waits as long as there is need.
      else if ((times[index] ?? 0) < bornBefore && !waiters.announces(position)) expired.push(index);
      else parts[Math.floor(place / size)]?.push(index);
    }
    // A batch that is sent again whole stays the same object.
    const again = parts
      .filter(({ length }) => length > 0)
      .map((part) => (part.length === batch.count ? batch : batch.part(part)));
    lane.queue.unshift(...again);
    this.finish(batch.part(abandoned), "withdrawn");
    this.#drop(batch.part(expired), "expired");
  }

  #reject(batch: OutboxBatch, reason: Reason): void {
    if (batch.count === 0) return;
    const { tell, announcer } = this.#port;
    tell({
      code: "rejected",
      message: `${batch.count} event(s) were refused for good: ${reason.code}`,
      count: batch.count,
      reason,
    });
    for (const text of batch.texts()) announcer.note("rejected", text);
    this.finish(batch, "rejected", reason);
  }

  #drop(batch: OutboxBatch, reason: DropReason): void {
    if (batch.count === 0) return;
    for (const text of batch.texts()) this.#port.announcer.note(reason, text);
    this.#port.ledger.countReason(reason, batch.count);
    this.finish(batch, "dropped", { code: reason });
  }
}
