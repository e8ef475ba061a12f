import { describe, expect, it } from "@jest/globals";
import type { Importance, Lease } from "../ports/store.ts";
import { describeStoreContract } from "../testing/store-contract.ts";
import { createMemoryStore } from "./memory-store.ts";

describeStoreContract({
  name: "the memory store",
  kit: { describe, expect, it },
  create: (bounds) => ({ store: createMemoryStore(bounds) }),
});

describe("the memory store", () => {
  it("holds 10,000 events and 16 MiB, and does not survive", () => {
    const store = createMemoryStore();
    expect(store.capacity).toEqual({ events: 10_000, bytes: 16_777_216 });
    expect(store.survives).toBe(false);
  });

  it.each([
    [{ maxEvents: 0 }, "maxEvents is 0; it must be 1 or more"],
    [{ maxBytes: Number.NaN }, "maxBytes is NaN"],
    [{ lease: { maxEvents: -1, maxBytes: 1 } }, "lease.maxEvents is -1"],
    [{ lease: { maxEvents: 1, maxBytes: 0 } }, "lease.maxBytes is 0"],
  ])("cannot be made with %j", (options, message) => {
    expect(() => createMemoryStore(options)).toThrow(message);
  });

  it("is not worth a lease below 1,000 events or 512 KiB", () => {
    const store = createMemoryStore();
    const text = "a".repeat(499);
    for (let n = 1; n < 1_000; n++) store.append(text, 0, 0);
    expect(store.lease(() => true, false)).toBeUndefined();
    store.append(text, 0, 0);
    const lease = store.lease(() => true, false) as Lease;
    expect([lease.count, lease.bytes.length]).toEqual([1_000, 500_000]);
    for (let n = 0; n < 5; n++) store.append("a".repeat(104_857), 1, 0);
    expect((store.lease(() => true, false) as Lease).count).toBe(4);
  });

  it("writes over the bytes of a lease when it has ended, and not before", () => {
    const store = createMemoryStore();
    const lend = (text: string): Lease => {
      store.append(text, 0, 0);
      return store.lease(() => true, true) as Lease;
    };
    const textOf = ({ bytes }: Lease): string => new TextDecoder().decode(bytes);
    const first = lend("one");
    const second = lend("two");
    store.settle(first, []);
    // Twice is against the contract; the two that follow must not share their memory all the same.
    store.settle(first, []);
    const third = lend("three");
    const fourth = lend("four");
    expect([second, third, fourth].map(textOf)).toEqual(["two\n", "three\n", "four\n"]);
    expect(third.bytes.buffer).toBe(first.bytes.buffer);
    store.settle(third, [0]);
    expect(textOf(lend("five"))).toBe("three\nfive\n");
    expect(textOf(second)).toBe("two\n");
  });

  it("asks for an open lane only where there is something", () => {
    const store = createMemoryStore();
    store.append("a", 1, 0);
    store.settle(store.lease(() => true, true) as Lease, []);
    const asked: number[] = [];
    store.append("b", 2, 0);
    store.lease((lane) => asked.push(lane) > 0, true);
    expect(asked).toEqual([2]);
  });

  it("promises a further try to what came back", () => {
    const store = createMemoryStore({ maxEvents: 1 });
    store.append("a", 0, 0);
    store.append("b", 0, 0);
    store.settle(store.lease(() => true, true) as Lease, [1]);
    expect(store.usage).toEqual({ events: 1, bytes: 2, evictableEvents: 0, evictableBytes: 0 });
    store.append("c", 0, 0);
    expect(store.evict().map(({ texts }) => texts)).toEqual([["c"]]);
  });

  it("withdraws from every lane and importance", () => {
    const store = createMemoryStore();
    for (const [index, importance] of [0, 6, 5, 6].entries())
      store.append("x", index % 2, importance as Importance);
    expect([...(store.withdraw?.(1, 3) ?? [])].toSorted()).toEqual([1, 2, 3]);
    expect(store.usage).toEqual({ events: 1, bytes: 2, evictableEvents: 0, evictableBytes: 0 });
  });

  it("forgets everything on close", async () => {
    const store = createMemoryStore();
    store.append("a", 0, 0);
    await store.close();
    expect(store.lease(() => true, true)).toBeUndefined();
  });
});
