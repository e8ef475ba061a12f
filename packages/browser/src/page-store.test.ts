import { createMemoryStore, importances } from "@activity/core";
import { describeStoreContract } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { createPageStore } from "./page-store.ts";

const silent = { onAppend: () => undefined, onGone: () => undefined };

describeStoreContract({
  name: "a page's store",
  kit: { describe, it, expect },
  create: (bounds) => ({ store: createPageStore(createMemoryStore(bounds), silent) }),
});

describe("a page's store", () => {
  it("shows what has no outcome, with its importance, and tells when it has one", () => {
    const gone: string[] = [];
    const store = createPageStore(createMemoryStore(), { ...silent, onGone: (text) => gone.push(text) });
    store.append('{"a":1}', 0, importances.metric);
    store.append('{"a":2}', 0, importances.billing);
    store.append('{"a":3}', 0, importances.log);
    const lease = store.lease(() => true, true);
    if (lease === undefined || lease === "loading") throw new Error("there is something to lease");
    expect(store.waiting().map(({ text }) => text)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
    store.settle(lease, [1]);
    expect(store.waiting()).toEqual([{ text: '{"a":2}', importance: importances.billing }]);
    expect(gone).toEqual(['{"a":1}', '{"a":3}']);
  });

  it("forgets what it gave up for want of room", () => {
    const store = createPageStore(createMemoryStore({ maxEvents: 1 }), silent);
    store.append('{"a":1}', 0, importances.log);
    store.append('{"a":2}', 0, importances.log);
    store.evict();
    expect(store.waiting().map(({ text }) => text)).toEqual(['{"a":2}']);
  });
});
