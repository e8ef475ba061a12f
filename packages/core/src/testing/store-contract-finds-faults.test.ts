/** The contract against stores with one fault each. */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import type { Lease, Store } from "../ports/store.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { failures, withFault } from "./contract-failures.ts";
import { describeStoreContract } from "./store-contract.ts";
import { survivingStore } from "./surviving-store.ts";
import type { TestKit } from "./test-kit.ts";

const failuresOf = (contract: (kit: TestKit) => void): Promise<readonly string[]> =>
  failures(contract, isDeepStrictEqual);

/** A lease with another member. */
function changed(lease: ReturnType<Store["lease"]>, change: Partial<Lease>): ReturnType<Store["lease"]> {
  // The same object, since a store knows its leases.
  return typeof lease === "object" ? Object.assign(lease, change) : lease;
}

function storeFailures(break_: (store: Store) => Partial<Store>): Promise<readonly string[]> {
  return failuresOf((kit) =>
    describeStoreContract({
      name: "a store with a fault",
      kit,
      create: (bounds) => {
        const store = createMemoryStore(bounds);
        return { store: withFault(store, break_(store)) };
      },
    }),
  );
}

describe("the contract of a store", () => {
  it("passes where there is no fault, also for a store that cannot withdraw", async () => {
    expect(await storeFailures(() => ({}))).toEqual([]);
    expect(await storeFailures(() => ({ withdraw: undefined }) as unknown as Partial<Store>)).toEqual([]);
  });

  it("waits for a store that loads, and passes one that survives", async () => {
    const failed = await failuresOf((kit) =>
      describeStoreContract({
        name: "a store that loads",
        kit,
        create: (bounds) => {
          const store = survivingStore(bounds);
          const { lease } = store;
          let loaded = false;
          store.durable = () => Promise.resolve();
          store.lease = (...given) => {
            loaded = !loaded;
            if (!loaded) return lease(...given);
            queueMicrotask(() => store.onReady?.());
            return "loading";
          };
          return { store };
        },
      }),
    );
    expect(failed).toEqual([]);
  });

  it.each<[string, (store: Store) => Partial<Store>, string]>([
    [
      "leases closed lanes",
      (store) => ({ lease: (_, force) => store.lease(() => true, force) }),
      "leases a lane that is not open to nobody",
    ],
    [
      "always forces",
      (store) => ({ lease: (open) => store.lease(open, true) }),
      "without force leases only what is worth it",
    ],
    ["never leases", () => ({ lease: () => undefined }), "forgets what is settled"],
    [
      "forgets what was not confirmed",
      (store) => ({ settle: (lease) => store.settle(lease, []) }),
      "gives what was not confirmed back first and in order",
    ],
    [
      "keeps what was confirmed",
      (store) => ({ settle: (lease) => store.release(lease) }),
      "forgets what is settled",
    ],
    [
      "forgets on release",
      (store) => ({ release: (lease) => store.settle(lease, []) }),
      "keeps all of a lease that is released",
    ],
    [
      "evicts nothing",
      () => ({ evict: () => [] }),
      "evicts the oldest of the least important until the rest fits",
    ],
    [
      "takes everything for unimportant",
      (store) => ({ append: (text, lane) => store.append(text, lane, 0) }),
      "never evicts what is leased or kept",
    ],
    [
      "cuts texts",
      (store) => ({
        append: (text, lane, importance) => store.append(text.slice(0, 1_000), lane, importance),
      }),
      "leases an event that is larger than a lease",
    ],
    [
      "withdraws nothing and says it did",
      () => ({ withdraw: (from) => [from] }),
      "withdraws only what waits, and says what it was",
    ],
    [
      "says another lane",
      (store) => ({ lease: (...given) => changed(store.lease(...given), { lane: 0 }) }),
      "keeps the order of a lane over all importances",
    ],
    [
      "takes what must not go for unimportant",
      (store) => ({ lease: (...given) => changed(store.lease(...given), { importance: 0 }) }),
      "says the highest importance in a lease, or nothing",
    ],
    [
      "has a capacity that it does not keep to",
      () => ({ capacity: { events: 1e9, bytes: 1e9 } }),
      "evicts the oldest of the least important until the rest fits",
    ],
    [
      "counts what it evicts wrong",
      (store) => ({
        evict: (bornBefore) => store.evict(bornBefore).map((gone) => ({ ...gone, count: gone.count + 1 })),
      }),
      "tells positions and texts of what it evicted",
    ],
    [
      "withdraws all but the last",
      (store) => ({ withdraw: (from, to) => store.withdraw?.(from, to - 1) ?? [] }),
      "withdraws only what waits, and says what it was",
    ],
    [
      "withdraws all but the first",
      (store) => ({ withdraw: (from, to) => store.withdraw?.(from + 1, to) ?? [] }),
      "withdraws only what waits, and says what it was",
    ],
    [
      "gives a lease that does not add up",
      (store) => ({
        lease: (...given) => {
          const lease = store.lease(...given);
          return typeof lease === "object" ? { ...lease, count: lease.count + 1 } : lease;
        },
      }),
      "forgets what is settled",
    ],
  ])("finds a store that %s", async (_, fault, test) => {
    expect(await storeFailures(fault)).toContain(test);
  });
});
