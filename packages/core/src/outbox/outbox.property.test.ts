import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { audit } from "../audit/audit.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import type { AckLevel, WriteOutcome } from "../ports/sink.ts";
import type { Batch, TransportLimits, Verdict } from "../ports/transport.ts";
import { testEvent } from "../testing/event-fixtures.ts";
import type { OutboxTrial } from "../testing/outbox-trial.ts";
import { labelOf, startOutbox } from "../testing/outbox-trial.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { batchTexts } from "../testing/test-batch.ts";

type Action =
  | { readonly do: "record"; readonly type: string }
  | { readonly do: "write"; readonly count: number; readonly until: AckLevel }
  | { readonly do: "abort" | "release"; readonly which: number }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "flush"; readonly timeoutMs: number }
  | { readonly do: "hold" };

interface Plan {
  readonly limits: TransportLimits;
  readonly lanes: number;
  readonly lingerMs: number;
  readonly maxEvents: number;
  readonly lease: number;
  readonly maxAgeMs: number | undefined;
  /** Which attempt finds that telemetry is switched off. */
  readonly deniedAt: number | undefined;
  readonly seed: number;
  readonly actions: readonly Action[];
  readonly closeMs: number;
  /** Whether the transport's own close never ends. */
  readonly hangs: boolean;
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("record" as const),
      type: fc.constantFrom("metric", "log", "billing"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      count: fc.integer({ min: 0, max: 5 }),
      until: fc.constantFrom<AckLevel>("queued", "durable", "delivered"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("abort" as const, "release" as const), which: fc.nat(5) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      ms: fc.constantFrom(0, 1, 50, 200, 1_000, 10_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("flush" as const), timeoutMs: fc.constantFrom(0, 100, 5_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hold" as const) }) },
);

const plan: fc.Arbitrary<Plan> = fc.record({
  limits: fc.record({
    maxEvents: fc.integer({ min: 1, max: 5 }),
    maxBytes: fc.constantFrom(1, 400, 10_000),
    inFlight: fc.integer({ min: 1, max: 4 }),
    perLane: fc.constantFrom(1, 1, 2),
  }),
  lanes: fc.integer({ min: 1, max: 3 }),
  lingerMs: fc.constantFrom(0, 20, 1_000),
  maxEvents: fc.constantFrom(5, 20, 1_000),
  lease: fc.integer({ min: 1, max: 12 }),
  maxAgeMs: fc.constantFrom(undefined, undefined, 5_000),
  deniedAt: fc.option(fc.integer({ min: 1, max: 20 }), { freq: 5, nil: undefined }),
  seed: fc.nat(),
  actions: fc.array(action, { maxLength: 60 }),
  closeMs: fc.constantFrom(0, 100, 2_000),
  hangs: fc.boolean(),
});

/** What was bound to a batch: how it was sent last. */
interface Binding {
  readonly lane: number;
  labels: readonly string[];
  again: boolean;
}

/** Plays a plan and checks what must hold at every step. */
class Play {
  readonly trial: OutboxTrial;
  readonly plan: Plan;
  readonly rejected = new Set<string>();
  readonly outcomes: {
    readonly labels: readonly string[];
    readonly outcome: WriteOutcome;
    readonly until: AckLevel;
  }[] = [];
  /** Numbers that a flush has seen through: they must not be sent again. */
  readonly #flushed = new Set<string>();
  readonly #aborts: AbortController[] = [];
  readonly #random: () => number;
  readonly #flying = new Map<number, number>();
  readonly #laneOf = new Map<string, number>();
  #last = 0;
  #attempts = 0;
  denied = false;
  #aborted = false;
  healed = false;

  constructor(given: Plan) {
    this.plan = given;
    this.#random = seededRandom(given.seed);
    this.trial = startOutbox({
      lingerMs: given.lingerMs,
      maxAgeMs: given.maxAgeMs,
      store: { maxEvents: given.maxEvents, lease: { maxEvents: given.lease, maxBytes: 2_000 } },
      transport: {
        limits: given.limits,
        lane: ({ event_id: id }) => Number(id.slice(id.lastIndexOf(".") + 1)) % given.lanes,
        verdicts: (batch) => this.#verdict(batch),
      },
    });
    const { transport } = this.trial;
    const { send } = transport;
    transport.send = async (batch, signal) => {
      this.#checkSend(batch);
      const verdict = await send(batch, signal);
      this.#flying.set(batch.lane, (this.#flying.get(batch.lane) ?? 0) - 1);
      if (verdict.kind === "retry") (batch.binding as Binding).again = true; // Bound by #checkSend.
      return verdict;
    };
  }

  async act(given: Action): Promise<void> {
    const { sink, clock, transport } = this.trial;
    switch (given.do) {
      case "record":
        sink.record(this.#next(given.type));
        break;
      case "write":
        this.#write(given.count, given.until);
        break;
      case "abort":
        this.#aborted = true;
        this.#aborts[given.which]?.abort();
        break;
      case "release":
        transport.release(given.which);
        break;
      case "advance":
        await clock.advance(given.ms);
        break;
      case "flush":
        this.#flush(given.timeoutMs);
        break;
      case "hold":
        transport.hold();
        break;
    }
    this.checkBalance();
  }

  checkBalance(): void {
    const ledger = this.trial.sink.stats();
    const { recorded, adopted, delivered, handedOver, pending, rejected, dropped, withdrawn } = ledger;
    expect(delivered + handedOver + pending + rejected + dropped + withdrawn).toBe(recorded + adopted);
    expect(Object.values(ledger.droppedBy).reduce((sum, count) => sum + count, 0)).toBe(dropped);
    // A lease is settled whole, so that the store may hold a little longer what has its outcome.
    expect(this.trial.store.usage.events).toBeGreaterThanOrEqual(pending);
    // Announcements come on top of the cap, a tenth of it at most.
    const { maxEvents } = this.plan;
    const most = maxEvents + Math.max(1, Math.floor(maxEvents / 10));
    expect(this.trial.store.usage.events).toBeLessThanOrEqual(most);
    expect(Object.values(ledger).every((value) => typeof value === "object" || value >= 0)).toBe(true);
  }

  checkOrder(): void {
    if (this.plan.limits.perLane > 1) return;
    for (let lane = 0; lane < this.plan.lanes; lane++) {
      const numbers = this.trial
        .arrived()
        .map(Number)
        .filter((n) => n % this.plan.lanes === lane);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  }

  checkOutcomes(): void {
    const arrived = new Set(this.trial.arrived());
    for (const { labels, outcome, until } of this.outcomes) {
      if (outcome.state === "refused") {
        for (const label of labels) expect(arrived.has(label)).toBe(false);
        continue;
      }
      const except = new Map((outcome.except ?? []).map((exception) => [exception.index, exception.was]));
      for (const [index, label] of labels.entries()) {
        const was = except.get(index);
        if (was === undefined && until !== "queued") expect(arrived.has(label)).toBe(true);
        if (was === "rejected") expect(this.rejected.has(label)).toBe(true);
        if (was === "withdrawn" || was === "dropped") expect(arrived.has(label)).toBe(false);
      }
    }
  }

  /** Numbers that did not arrive and of which nobody was told. */
  async unexplained(): Promise<readonly number[]> {
    const report = await audit(this.trial.transport.arrived.map((text) => JSON.parse(text)));
    const lost = report.sources.find(({ source }) => source === "test")?.unexplained ?? [];
    const told = new Set<string>();
    for (const { labels, outcome } of this.outcomes) {
      if (outcome.state === "refused") for (const label of labels) told.add(label);
      else for (const { index } of outcome.except ?? []) told.add(labels[index] ?? "");
    }
    return lost
      .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index))
      .filter((n) => !told.has(String(n)));
  }

  #next(type: string): ActivityEvent {
    const event = testEvent(++this.#last, { type });
    this.#laneOf.set(String(this.#last), this.#last % this.plan.lanes);
    return event;
  }

  #write(count: number, until: AckLevel): void {
    const stop = new AbortController();
    this.#aborts.unshift(stop);
    const events = Array.from({ length: count }, () => this.#next("error"));
    const labels = events.map(({ text }) => labelOf(text));
    void this.trial.sink
      .write(events, { until, signal: stop.signal })
      .then((outcome) => this.outcomes.push({ labels, outcome, until }));
  }

  #flush(timeoutMs: number): void {
    const upTo = this.#last;
    const { sink, clock } = this.trial;
    const deadline = clock.monotonic() + timeoutMs;
    void sink.flush({ timeoutMs }).then(() => {
      if (clock.monotonic() >= deadline) return;
      for (let n = 1; n <= upTo; n++) this.#flushed.add(String(n));
    });
  }

  #checkSend(batch: Batch): void {
    const { limits } = this.plan;
    const labels = batchTexts(batch).map(labelOf);
    expect(labels.length).toBeGreaterThan(0);
    expect(labels.length).toBeLessThanOrEqual(limits.maxEvents);
    if (labels.length > 1) expect(batch.bytes.length).toBeLessThanOrEqual(limits.maxBytes);
    expect(new TextDecoder().decode(batch.bytes)).toBe(
      batchTexts(batch)
        .map((text) => `${text}\n`)
        .join(""),
    );
    for (const label of labels) {
      expect(this.#laneOf.get(label) ?? batch.lane).toBe(batch.lane);
      expect(this.#flushed.has(label)).toBe(false);
    }
    const flying = (this.#flying.get(batch.lane) ?? 0) + 1;
    this.#flying.set(batch.lane, flying);
    expect(flying).toBeLessThanOrEqual(limits.perLane);
    expect([...this.#flying.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(
      limits.inFlight,
    );
    const binding = batch.binding as Binding | undefined; // Only bound here.
    expect(binding === undefined).toBe(batch.attempt === 1);
    if (binding !== undefined) {
      expect(binding.lane).toBe(batch.lane);
      if (binding.again && !this.#aborted && this.plan.maxAgeMs === undefined)
        expect(labels).toEqual(binding.labels);
      else expect(labels.every((label) => binding.labels.includes(label) || !binding.again)).toBe(true);
    }
    batch.binding = { lane: batch.lane, labels, again: false } satisfies Binding;
  }

  /** A random verdict that refuses no announcement: what those name would be unexplained. */
  #verdict(batch: Batch): Verdict {
    const labels = batchTexts(batch).map(labelOf);
    if (++this.#attempts === this.plan.deniedAt) {
      this.denied = true;
      return { kind: "denied" };
    }
    const kind = this.healed ? 0 : Math.floor(this.#random() * 8);
    const reason = { code: "random" };
    const refuse = (label: string): boolean => !label.startsWith("events_") && this.#random() < 0.3;
    if (kind === 3 || kind === 4) {
      const asked = kind === 4 ? { afterMs: Math.floor(this.#random() * 3_000) } : {};
      const scope = this.#random() < 0.5 ? "lane" : "destination";
      return { kind: "retry", reason, scope, unsent: this.#random() < 0.3, ...asked };
    }
    if (kind === 5 && (batch.count > 1 || !labels.some((label) => label.startsWith("events_")))) {
      if (batch.count === 1) this.rejected.add(labels[0] ?? "");
      return { kind: "split" };
    }
    if (kind === 6 && !labels.some((label) => label.startsWith("events_"))) {
      for (const label of labels) this.rejected.add(label);
      return { kind: "rejected", reason };
    }
    if (kind !== 7) return { kind: "delivered" };
    const rejected = [...labels.keys()].filter((index) => refuse(labels[index] ?? ""));
    // A hop that keeps order takes nothing behind an event that it does not take.
    const from = Math.floor(this.#random() * 2 * batch.count);
    const retry = [...labels.keys()].filter((index) => index >= from && !rejected.includes(index));
    for (const index of rejected) this.rejected.add(labels[index] ?? "");
    return { kind: "delivered", rejected: rejected.map((index) => [index, reason] as const), retry };
  }
}

/** A machine on which the runs take longer fails: a run that was left out proves nothing. */
const bounds = {
  seed: 20_250_101,
  numRuns: 300,
  interruptAfterTimeLimit: 200_000,
  markInterruptAsFailure: true,
};

describe("an outbox, whatever happens in whatever order", () => {
  it("balances at every step, keeps batches and order, and accounts for every event", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const play = new Play(given);
        const { sink, clock, transport } = play.trial;
        for (const step of given.actions) await play.act(step);
        play.healed = true;
        transport.release();
        await clock.advance(600_000);
        play.checkBalance();
        expect([sink.stats().pending, play.trial.store.usage.events]).toEqual([0, 0]);
        const closing = sink.close();
        await clock.advance(2_000);
        const closed = await closing;
        expect(closed.droppedBy.closed ?? 0).toBe(0);
        expect(closed.delivered).toBe(transport.arrived.length);
        expect(new Set(transport.arrived).size).toBe(transport.arrived.length);
        play.checkOrder();
        play.checkOutcomes();
        if (!play.denied) expect(await play.unexplained()).toEqual([]);
        expect(clock.pending).toEqual([]);
      }),
      bounds,
    );
  });

  it("closes in time, and counts what is left", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const play = new Play(given);
        const { sink, clock, transport } = play.trial;
        for (const step of given.actions) await play.act(step);
        if (given.hangs) transport.close = () => new Promise(() => undefined);
        const closing = sink.close({ timeoutMs: given.closeMs });
        sink.record(testEvent(1));
        await clock.advance(given.closeMs);
        const closed = await Promise.race([closing, Promise.resolve(undefined)]);
        expect(closed?.pending).toBe(0);
        transport.release();
        await clock.advance(600_000);
        expect(sink.stats()).toEqual(closed);
        const { recorded, delivered, rejected, dropped, withdrawn } = sink.stats();
        expect(delivered + rejected + dropped + withdrawn).toBe(recorded);
        expect(clock.pending).toEqual([]);
      }),
      bounds,
    );
  });
});
