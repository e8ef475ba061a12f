import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { audit } from "../audit/audit.ts";
import type { Batch, Verdict } from "../ports/transport.ts";
import { testEvent } from "../testing/event-fixtures.ts";
import type { OutboxTrial } from "../testing/outbox-trial.ts";
import { labelOf, startOutbox } from "../testing/outbox-trial.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { batchTexts } from "../testing/test-batch.ts";

interface Step {
  readonly dead: number;
  readonly healthy: number;
  readonly flushMs: number | undefined;
  readonly ms: number;
}

interface Plan {
  readonly maxEvents: number;
  readonly announcementsTo: "dead" | "healthy" | "both";
  readonly scopeAfterMs: number | undefined;
  readonly perLane: number;
  readonly seed: number;
  readonly steps: readonly Step[];
}

const lease = { maxEvents: 4, maxBytes: 2_000 };
/** With the events of two leases and the announcements, still fewer than the smallest store holds. */
const maxHealthy = 8;

const step: fc.Arbitrary<Step> = fc.record({
  dead: fc.nat(60),
  healthy: fc.nat(maxHealthy),
  flushMs: fc.option(fc.constantFrom(0, 1, 50), { freq: 1, nil: undefined }),
  ms: fc.constantFrom(50, 1_000, 20_000),
});

const plan: fc.Arbitrary<Plan> = fc.record({
  maxEvents: fc.constantFrom(30, 60),
  announcementsTo: fc.constantFrom("dead", "healthy", "both"),
  scopeAfterMs: fc.constantFrom(undefined, 0, 700, 5_000),
  perLane: fc.constantFrom(1, 2),
  seed: fc.nat(),
  steps: fc.array(step, { minLength: 1, maxLength: 30 }),
});

/** Lane 0 is healthy, lane 1 takes nothing until it is healed. */
class Play {
  readonly trial: OutboxTrial;
  readonly plan: Plan;
  readonly healthy = new Set<string>();
  readonly #random: () => number;
  readonly #rejected = new Set<string>();
  #last = 0;
  healed = false;

  constructor(given: Plan) {
    this.plan = given;
    this.#random = seededRandom(given.seed);
    this.trial = startOutbox({
      lingerMs: 20,
      retry: { baseMs: 100, capMs: 1_000 },
      store: { maxEvents: given.maxEvents, lease },
      transport: {
        limits: { maxEvents: 3, inFlight: 4, perLane: given.perLane },
        lane: ({ event_type: type }) =>
          type === "telemetry" ? this.#laneOfNext() : type === "billing" ? 0 : 1,
        verdicts: (batch) => this.#verdict(batch),
      },
    });
  }

  async play({ dead, healthy, flushMs, ms }: Step): Promise<void> {
    const { sink, clock, store } = this.trial;
    for (let n = 0; n < dead; n++) sink.record(testEvent(++this.#last, { type: "metric" }));
    for (let n = 0; n < healthy; n++) {
      this.healthy.add(String(++this.#last));
      sink.record(testEvent(this.#last, { type: "billing" }));
    }
    if (flushMs !== undefined) void sink.flush({ timeoutMs: flushMs });
    await clock.advance(ms);
    const { maxEvents } = this.plan;
    expect(store.usage.events).toBeLessThanOrEqual(maxEvents + maxEvents / 10);
    for (const label of this.trial.arrived()) this.healthy.delete(label);
    for (const label of this.#rejected) this.healthy.delete(label);
    expect([...this.healthy]).toEqual([]);
  }

  async lost(): Promise<number> {
    return (await audit(this.trial.transport.arrived.map((text) => JSON.parse(text)))).lost;
  }

  #laneOfNext(): number {
    const { announcementsTo } = this.plan;
    return announcementsTo === "both" ? Math.floor(this.#random() * 2) : Number(announcementsTo === "dead");
  }

  #verdict(batch: Batch): Verdict {
    const reason = { code: "random" };
    if (batch.lane === 1 && !this.healed) {
      const { scopeAfterMs: afterMs } = this.plan;
      const unsent = this.#random() < 0.5;
      return { kind: "retry", reason, scope: "lane", unsent, ...(afterMs !== undefined && { afterMs }) };
    }
    const labels = batchTexts(batch).map(labelOf);
    if (this.#random() > 0.2) return { kind: "delivered" };
    const rejected = [...labels.keys()].filter((index) => !labels[index]?.startsWith("events_"));
    for (const index of rejected) this.#rejected.add(labels[index] ?? "");
    return { kind: "delivered", rejected: rejected.map((index) => [index, reason] as const) };
  }
}

describe("an outbox beside a lane that is dead", () => {
  it("delivers what is healthy, keeps to its cap, and accounts for all when the lane is back", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const play = new Play(given);
        const { sink, clock } = play.trial;
        for (const next of given.steps) await play.play(next);
        play.healed = true;
        await clock.advance(60_000);
        const closing = sink.close();
        await clock.advance(2_000);
        expect(await closing).toMatchObject({ pending: 0 });
        expect(sink.stats().droppedBy.closed ?? 0).toBe(0);
        expect(await play.lost()).toBe(0);
        expect(clock.pending).toEqual([]);
      }),
      { seed: 20_250_101, numRuns: 150, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: true },
    );
  });
});
