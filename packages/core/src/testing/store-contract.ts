import type { Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import { testEvent } from "./event-fixtures.ts";
import type { FakeClock } from "./fake-clock.ts";
import { fakeClock } from "./fake-clock.ts";
import { all, append, ascending, evicted, leased, numbersOf, textsOf, tryLease } from "./store-steps.ts";
import type { TestKit } from "./test-kit.ts";

/** The bounds that a contract test wants a store to have. */
export interface StoreBounds {
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Events and bytes of one lease, and of a lane that is worth a lease without force. */
  readonly lease: { readonly maxEvents: number; readonly maxBytes: number };
  readonly clock: FakeClock;
}

/** A new, empty store, and how to be rid of it. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly dispose?: (() => void | Promise<void>) | undefined;
}

/** Options of {@link describeStoreContract}. */
export interface StoreContractOptions {
  readonly name: string;
  readonly kit: TestKit;
  /** Makes one for each test. */
  create(bounds: StoreBounds): StoreUnderTest | Promise<StoreUnderTest>;
}

interface Trial {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly kit: TestKit;
}

type Check = (name: string, body: (trial: Trial) => Promise<void>, bounds?: Partial<StoreBounds>) => void;

const { metric, log, behavioral, billing, kept } = importances;
/** Bounds that a few events exceed. */
const small = { maxEvents: 4, maxBytes: 100_000 };

/** Tests of everything that an outbox relies on in a store. */
export function describeStoreContract({ name, kit, create }: StoreContractOptions): void {
  const check: Check = (rule, body, bounds) =>
    kit.it(rule, async () => {
      const clock = fakeClock();
      const standard = {
        maxEvents: 100,
        maxBytes: 1_000_000,
        lease: { maxEvents: 4, maxBytes: 4_096 },
        clock,
      };
      const { store, dispose } = await create({ ...standard, ...bounds });
      try {
        await body({ store, clock, kit });
      } finally {
        await store.close();
        await dispose?.();
      }
    });
  kit.describe(`${name} keeps the contract of a store`, () => {
    checkLeases(check);
    checkReturns(check);
    checkContent(check);
    checkEviction(check);
    checkTelling(check);
    checkWithdrawal(check);
  });
}

function checkLeases(check: Check): void {
  check("keeps the order of a lane over all importances", async ({ store, kit }) => {
    append(store, [1, 2, 3], [billing, metric, kept]);
    append(store, [4], [log], 1);
    const lease = await leased(store, (lane) => lane === 0);
    kit.expect({ lane: lease.lane, numbers: numbersOf(lease) }).toEqual({ lane: 0, numbers: [1, 2, 3] });
    const other = await leased(store);
    kit.expect({ lane: other.lane, numbers: numbersOf(other) }).toEqual({ lane: 1, numbers: [4] });
  });
  check("says the highest importance in a lease, or nothing", async ({ store, kit }) => {
    append(store, [1, 2, 3], [log, billing, metric]);
    append(store, [4, 5], [metric, kept], 1);
    const said = [await leased(store), await leased(store)].map(({ importance }) => importance ?? kept);
    kit.expect([said[0] === billing || said[0] === kept, said[1]]).toEqual([true, kept]);
  });
  check("gives ascending positions and the times of entry", async ({ store, clock, kit }) => {
    const first = append(store, [1]);
    await clock.advance(5);
    const positions = [...first, ...append(store, [2])];
    const lease = await leased(store);
    kit.expect(Array.from(lease.positions)).toEqual(positions);
    kit.expect((positions[1] ?? 0) > (positions[0] ?? 0) && (positions[0] ?? 0) > 0).toBe(true);
    kit.expect(Array.from(lease.times)).toEqual([0, 5]);
  });
  check("leases a lane that is not open to nobody", async ({ store, kit }) => {
    append(store, [1], [behavioral], 1);
    kit.expect(await tryLease(store, (lane) => lane !== 1)).toBe(undefined);
    kit.expect(numbersOf(await leased(store))).toEqual([1]);
  });
  check("without force leases only what is worth it", async ({ store, kit }) => {
    append(store, [1, 2, 3]);
    kit.expect(await tryLease(store, all, false)).toBe(undefined);
    append(store, [4]);
    kit.expect(numbersOf(await leased(store, all, false))).toEqual([1, 2, 3, 4]);
  });
  check("keeps a lease within its bounds", async ({ store, kit }) => {
    append(store, [1, 2, 3, 4, 5, 6]);
    kit.expect(numbersOf(await leased(store))).toEqual([1, 2, 3, 4]);
    kit.expect(numbersOf(await leased(store))).toEqual([5, 6]);
    kit.expect(await tryLease(store)).toBe(undefined);
  });
  check("leases the lane that has waited longest first", async ({ store, kit }) => {
    append(store, [1], [behavioral], 2);
    append(store, [2], [behavioral], 1);
    append(store, [3], [behavioral], 2);
    kit.expect(numbersOf(await leased(store))).toEqual([1, 3]);
    kit.expect(numbersOf(await leased(store))).toEqual([2]);
  });
}

function checkReturns(check: Check): void {
  check("forgets what is settled", async ({ store, kit }) => {
    append(store, [1, 2]);
    store.settle(await leased(store), []);
    kit.expect(await tryLease(store)).toBe(undefined);
    kit.expect({ ...store.usage }).toEqual({ events: 0, bytes: 0, evictableEvents: 0, evictableBytes: 0 });
  });
  check("gives what was not confirmed back first and in order", async ({ store, kit }) => {
    append(store, [1, 2, 3, 4, 5]);
    const lease = await leased(store);
    append(store, [6]);
    store.settle(lease, [1, 3]);
    const again = await leased(store);
    kit.expect(numbersOf(again)).toEqual([2, 4, 5, 6]);
    kit.expect(ascending(again.positions)).toBe(true);
  });
  check("gives leases back in order, whichever ends first", async ({ store, kit }) => {
    append(store, [1, 2, 3, 4, 5, 6]);
    const [first, second] = [await leased(store), await leased(store)];
    store.settle(second, [0, 1]);
    store.settle(first, [3]);
    kit.expect(numbersOf(await leased(store))).toEqual([4, 5, 6]);
  });
  check("keeps all of a lease that is released", async ({ store, kit }) => {
    append(store, [1, 2]);
    const lease = await leased(store);
    const { positions } = lease;
    store.release(lease);
    kit.expect(store.usage.events).toBe(2);
    const again = await leased(store);
    kit.expect(numbersOf(again)).toEqual([1, 2]);
    kit.expect(Array.from(again.positions)).toEqual(Array.from(positions));
  });
  check("takes events while others are leased", async ({ store, kit }) => {
    append(store, [1]);
    const lease = await leased(store);
    const text = new TextDecoder().decode(lease.bytes);
    append(store, [2, 3, 4, 5, 6, 7]);
    kit.expect(new TextDecoder().decode(lease.bytes)).toBe(text);
    store.settle(lease, []);
    kit.expect(numbersOf(await leased(store))).toEqual([2, 3, 4, 5]);
  });
  check("resolves durable for every position it gave", async ({ store, kit }) => {
    const positions = append(store, [1, 2]);
    for (const position of positions) kit.expect(await store.durable(position)).toBe(undefined);
    store.settle(await leased(store), []);
    kit.expect(await store.durable(positions[1] ?? 0)).toBe(undefined);
  });
}

function checkContent(check: Check): void {
  check("gives every text back as it was", async ({ store, kit }) => {
    const texts = ["é", "漢字", "😀", '\u2028\u0000\\"', "plain"].map(
      (fill, n) => testEvent(n + 1, { fill }).text,
    );
    for (const text of texts.slice(0, 4)) store.append(text, 0, behavioral);
    const lease = await leased(store);
    kit.expect(textsOf(lease)).toEqual(texts.slice(0, 4));
    kit.expect(new TextDecoder().decode(lease.bytes)).toBe(
      texts
        .slice(0, 4)
        .map((text) => `${text}\n`)
        .join(""),
    );
  });
  check("leases an event that is larger than a lease", async ({ store, kit }) => {
    const huge = testEvent(2, { fill: "漢".repeat(10_000) }).text;
    append(store, [1]);
    store.append(huge, 0, behavioral);
    append(store, [3]);
    kit.expect(textsOf(await leased(store))).toEqual([testEvent(1).text]);
    kit.expect(textsOf(await leased(store)).map((text) => text === huge)).toEqual([true]);
    kit.expect(numbersOf(await leased(store))).toEqual([3]);
  });
  check(
    "holds more events than fit into any buffer it may use",
    async ({ store, kit }) => {
      const texts = Array.from({ length: 300 }, (_, n) => testEvent(n, { fill: "é".repeat(n * 7) }).text);
      for (const text of texts) store.append(text, 0, behavioral);
      const found: string[] = [];
      for (
        let lease = await tryLease(store);
        lease !== undefined && found.length <= 300;
        lease = await tryLease(store)
      ) {
        found.push(...textsOf(lease));
        store.settle(lease, []);
      }
      kit.expect(found.length).toBe(300);
      kit.expect(found.every((text, index) => text === texts[index])).toBe(true);
    },
    { maxEvents: 1_000 },
  );
  check("counts what it holds", async ({ store, kit }) => {
    const bytes = (numbers: readonly number[]): number =>
      numbers.reduce((sum, n) => sum + testEvent(n).text.length + 1, 0);
    append(store, [1, 2, 3, 4, 5, 6], [metric, kept, metric, metric, metric, kept]);
    const usage = {
      events: 6,
      bytes: bytes([1, 2, 3, 4, 5, 6]),
      evictableEvents: 4,
      evictableBytes: bytes([1, 3, 4, 5]),
    };
    kit.expect({ ...store.usage }).toEqual(usage);
    const lease = await leased(store);
    kit.expect({ ...store.usage }).toEqual({ ...usage, evictableEvents: 1, evictableBytes: bytes([5]) });
    store.settle(lease, [1]);
    kit.expect([store.usage.events, store.usage.bytes]).toEqual([3, bytes([2, 5, 6])]);
  });
}

function checkEviction(check: Check): void {
  check(
    "evicts nothing while it has room",
    async ({ store, kit }) => {
      append(store, [1, 2, 3, 4]);
      kit.expect(store.evict()).toEqual([]);
    },
    small,
  );
  check(
    "evicts the oldest of the least important until the rest fits",
    async ({ store, kit }) => {
      append(store, [1, 2, 3, 4, 5, 6], [billing, metric, log, metric, billing, log]);
      kit.expect(store.usage.events > store.capacity.events).toBe(true);
      kit.expect(evicted(store)).toEqual([
        ["capacity", 2],
        ["capacity", 4],
      ]);
      kit.expect(store.usage.events).toBe(4);
      append(store, [7, 8], [billing, metric], 1);
      kit.expect(evicted(store)).toEqual([
        ["capacity", 8],
        ["capacity", 3],
      ]);
      kit.expect(numbersOf(await leased(store, (lane) => lane === 0))).toEqual([1, 5, 6]);
      kit.expect(numbersOf(await leased(store))).toEqual([7]);
    },
    small,
  );
  check(
    "evicts over all lanes by age",
    async ({ store, kit }) => {
      append(store, [1], [log], 2);
      append(store, [2], [log], 1);
      append(store, [3, 4, 5, 6], [billing], 2);
      kit.expect(evicted(store)).toEqual([
        ["capacity", 1],
        ["capacity", 2],
      ]);
    },
    small,
  );
  check(
    "evicts for bytes as for events",
    async ({ store, kit }) => {
      append(store, [1, 2, 3], [metric], 0, "a".repeat(2_000));
      kit.expect(evicted(store)).toEqual([["capacity", 1]]);
      kit.expect(store.usage.bytes <= 5_000).toBe(true);
    },
    { maxBytes: 5_000 },
  );
  check(
    "never evicts what is leased or kept",
    async ({ store, kit }) => {
      append(store, [1, 2, 3, 4], [metric]);
      const lease = await leased(store);
      append(store, [5, 6], [kept]);
      kit.expect(store.evict()).toEqual([]);
      append(store, [7], [billing]);
      kit.expect(evicted(store)).toEqual([["capacity", 7]]);
      store.settle(lease, []);
      kit.expect(numbersOf(await leased(store))).toEqual([5, 6]);
    },
    small,
  );
  check(
    "evicts what entered before a time, and nothing that entered at it",
    async ({ store, clock, kit }) => {
      append(store, [1, 2, 3], [billing, kept, metric]);
      await clock.advance(10);
      append(store, [4, 5]);
      kit.expect(evicted(store, 10)).toEqual([
        ["expired", 3],
        ["expired", 1],
      ]);
      kit.expect(numbersOf(await leased(store))).toEqual([2, 4, 5]);
    },
  );
}

function checkTelling(check: Check): void {
  check(
    "tells positions and texts of what it evicted",
    async ({ store, kit }) => {
      const positions = append(store, [1, 2, 3, 4, 5], [metric]);
      const [eviction] = store.evict();
      kit.expect(eviction?.positions).toEqual(positions.slice(0, 1));
      kit.expect(eviction?.texts).toEqual([testEvent(1).text]);
      kit.expect(eviction?.count).toBe(1);
    },
    small,
  );
}

/** Only for stores that can give back; the others are asked to have no `withdraw`. */
function checkWithdrawal(check: Check): void {
  check("withdraws only what waits, and says what it was", async ({ store, kit }) => {
    if (store.withdraw === undefined) return;
    const positions = append(store, [1, 2, 3, 4, 5, 6, 7, 8], [behavioral, kept]);
    const lease = await leased(store);
    const taken = [...store.withdraw(positions[2] ?? 0, positions[5] ?? 0)];
    kit.expect(taken.toSorted((a, b) => a - b)).toEqual(positions.slice(4, 6));
    kit.expect(store.withdraw(positions[6] ?? 0, positions[6] ?? 0)).toEqual(positions.slice(6, 7));
    kit.expect(store.usage.events).toBe(5);
    kit.expect(numbersOf(await leased(store))).toEqual([8]);
    kit.expect(numbersOf(lease)).toEqual([1, 2, 3, 4]);
  });
}
