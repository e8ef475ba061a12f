import { systemClock } from "../clock.ts";
import { isVerdict } from "../outbox/is-verdict.ts";
import type { Clock } from "../ports/clock.ts";
import type { Batch, Transport, Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "./event-fixtures.ts";
import { testBatch } from "./test-batch.ts";
import type { TestKit } from "./test-kit.ts";

/** A new transport, and what a contract needs to do to its far side. */
export interface TransportUnderTest {
  readonly transport: Transport;
  /** Texts of the events that have reached the far side, in any order. */
  arrived(): readonly string[] | Promise<readonly string[]>;
  /** Makes the far side fail: down, or answering with an error. */
  fail(): void | Promise<void>;
  /** Makes the far side hang: it answers nothing. */
  stall(): void | Promise<void>;
  /** Makes it healthy again, as it is at the beginning. */
  heal(): void | Promise<void>;
  readonly dispose?: (() => void | Promise<void>) | undefined;
}

/** Options of {@link describeTransportContract}. */
export interface TransportContractOptions {
  readonly name: string;
  readonly kit: TestKit;
  /** How soon a send must end after an abort, in milliseconds. @defaultValue 1,000 */
  readonly abortMs?: number | undefined;
  /** Measures that time. @defaultValue the real clock */
  readonly clock?: Clock | undefined;
  /** Makes one for each test. */
  create(): TransportUnderTest | Promise<TransportUnderTest>;
}

interface Trial extends TransportUnderTest {
  readonly kit: TestKit;
  /** Sends, and fails when the promise rejects or the verdict names what is not in the batch. */
  send(batch: Batch, signal?: AbortSignal): Promise<Verdict>;
  /** Waits for a promise as long as a send may take after an abort. */
  soon<T>(promise: Promise<T>): Promise<T | "too late">;
}

type Check = (name: string, body: (trial: Trial) => Promise<void>) => void;

const texts: readonly string[] = testEvents(1, 3).map(({ text }) => text);

/** Tests of everything that an outbox relies on in a transport. */
export function describeTransportContract(options: TransportContractOptions): void {
  const { name, kit, create } = options;
  const check: Check = (rule, body) =>
    kit.it(rule, async () => {
      const trial = startTrial(await create(), options);
      try {
        await body(trial);
      } finally {
        await trial.heal();
        await trial.soon(trial.transport.close());
        await trial.dispose?.();
      }
    });
  kit.describe(`${name} keeps the contract of a transport`, () => {
    checkShape(check);
    checkDelivery(check);
    checkFailure(check);
    checkAbort(check);
  });
}

function checkShape(check: Check): void {
  check("says what one attempt may carry", async ({ transport, kit }) => {
    for (const limit of ["maxEvents", "maxBytes", "inFlight", "perLane"] as const) {
      const value = transport.limits[limit];
      kit.expect({ [limit]: Number.isInteger(value) && value >= 1 }).toEqual({ [limit]: true });
    }
  });
  check("gives an event the same lane every time, before it has connected", async ({ transport, kit }) => {
    const event = testEvent(1);
    const lane = transport.lane?.(event) ?? 0;
    kit.expect(Number.isSafeInteger(lane) && lane >= 0).toBe(true);
    kit.expect(transport.lane?.(event) ?? 0).toBe(lane);
  });
}

function checkDelivery(check: Check): void {
  check("delivers a batch whole and once", async ({ send, arrived, kit }) => {
    kit.expect(await send(testBatch(texts))).toEqual({ kind: "delivered" });
    kit.expect((await arrived()).filter((text) => texts.includes(text)).toSorted()).toEqual(texts.toSorted());
  });
  check("delivers a single event, whatever its characters", async ({ send, arrived, kit }) => {
    const { text } = testEvent(1, { fill: 'é漢字😀\u2028"\\' });
    kit.expect((await send(testBatch([text]))).kind).toBe("delivered");
    kit.expect(missing([text], await arrived())).toEqual([]);
  });
  check(
    "delivers one batch after the other, and several at once",
    async ({ send, arrived, transport, kit }) => {
      const sent = testEvents(1, 2 * Math.min(transport.limits.inFlight, 4)).map(({ text }) => text);
      for (const text of sent.slice(sent.length / 2)) await send(testBatch([text]));
      await Promise.all(sent.slice(0, sent.length / 2).map((text) => send(testBatch([text]))));
      kit.expect(missing(sent, await arrived())).toEqual([]);
    },
  );
  check("does not keep the bytes of a batch", async ({ send, arrived, kit }) => {
    const first = testBatch(texts.slice(0, 2));
    await send(first);
    first.bytes.fill(0);
    await send(testBatch(texts.slice(2)));
    kit.expect(missing(texts, await arrived())).toEqual([]);
  });
  check("does not change the bytes of a batch", async ({ send, kit }) => {
    const batch = testBatch(texts);
    const before = new TextDecoder().decode(batch.bytes);
    await send(batch);
    kit.expect(new TextDecoder().decode(batch.bytes)).toBe(before);
  });
}

function checkFailure(check: Check): void {
  check("reports a failure as a verdict, and recovers", async ({ send, fail, heal, arrived, kit }) => {
    await fail();
    const batch = testBatch(texts);
    kit.expect((await send(batch)).kind).toBe("retry");
    await heal();
    // The same batch again, as an outbox does it: with what it was bound to.
    kit.expect((await send({ ...batch, attempt: 2, binding: batch.binding })).kind).toBe("delivered");
    kit.expect(missing(texts, await arrived())).toEqual([]);
  });
  check("names a reason for a retry", async ({ send, fail, kit }) => {
    await fail();
    const verdict = await send(testBatch(texts));
    kit.expect(verdict.kind === "retry" && /^[a-z][a-z0-9_]*$/.test(verdict.reason.code)).toBe(true);
  });
  check("ends on close, and reports a send after it", async ({ send, transport, soon, arrived, kit }) => {
    await send(testBatch(texts));
    kit.expect(await soon(transport.close())).toBe(undefined);
    const late = testEvent(9).text;
    const verdict = await soon(send(testBatch([late])));
    kit.expect(verdict === "too late").toBe(false);
    if (verdict !== "too late" && verdict.kind === "delivered")
      kit.expect(missing([late], await arrived())).toEqual([]);
  });
}

function checkAbort(check: Check): void {
  check("ends soon after an abort", async ({ send, stall, soon, kit }) => {
    await stall();
    const stop = new AbortController();
    const sending = send(testBatch(texts), stop.signal);
    stop.abort();
    const verdict = await soon(sending);
    kit.expect(verdict === "too late" ? verdict : verdict.kind).toBe("retry");
  });
  check("does not begin after an abort", async ({ send, soon, arrived, kit }) => {
    const verdict = await soon(send(testBatch(texts), AbortSignal.abort()));
    kit.expect(verdict === "too late" ? verdict : verdict.kind).toBe("retry");
    kit.expect(missing(texts, await arrived())).toEqual(texts);
  });
  check("works on after an abort", async ({ send, stall, heal, soon, arrived, kit }) => {
    await stall();
    const stop = new AbortController();
    const sending = send(testBatch(texts), stop.signal);
    stop.abort();
    await soon(sending);
    await heal();
    kit.expect((await send(testBatch(texts))).kind).toBe("delivered");
    kit.expect(missing(texts, await arrived())).toEqual([]);
  });
}

function startTrial(under: TransportUnderTest, options: TransportContractOptions): Trial {
  const { kit, abortMs = 1_000, clock = systemClock } = options;
  return {
    kit,
    transport: under.transport,
    arrived: () => under.arrived(),
    fail: () => under.fail(),
    stall: () => under.stall(),
    heal: () => under.heal(),
    dispose: () => under.dispose?.(),
    send: async (batch, signal = new AbortController().signal) => {
      const verdict = await under.transport.send(batch, signal);
      kit.expect({ "is a verdict": isVerdict(verdict) }).toEqual({ "is a verdict": true });
      const named =
        verdict.kind === "delivered"
          ? [...(verdict.retry ?? []), ...(verdict.rejected ?? []).map(([index]) => index)]
          : [];
      const wrong = named.filter((index) => !(Number.isInteger(index) && index >= 0 && index < batch.count));
      kit.expect({ "indexes outside the batch": wrong }).toEqual({ "indexes outside the batch": [] });
      kit.expect(new Set(named).size).toBe(named.length);
      return verdict;
    },
    soon: async (promise) => {
      const stop = new AbortController();
      const late = clock.sleep(abortMs, stop.signal).then(() => "too late" as const);
      const first = await Promise.race([promise, late]);
      stop.abort();
      return first;
    },
  };
}

function missing(wanted: readonly string[], arrived: readonly string[]): readonly string[] {
  return wanted.filter((text) => !arrived.includes(text));
}
