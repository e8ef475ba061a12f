import { describe, expect, it } from "@jest/globals";
import { HeadCache } from "./head-cache.ts";

describe("a cache of heads", () => {
  it("keeps what stands between time and attributes, with a comma behind it", () => {
    const cache = new HeadCache(',"a":1');
    const head = cache.add("t", "n");
    expect(head).toBe(',"event_type":"t","event_name":"n","a":1,');
    expect(cache.find("t", "n")).toBe(head);
    expect([cache.find("t", "m"), cache.find("n", "t"), cache.find("u", "n")]).toEqual(
      Array(3).fill(undefined),
    );
  });

  it("keeps one for a name: that of its last type", () => {
    const cache = new HeadCache("");
    cache.add("t", "n");
    const head = cache.add("u", "n");
    expect(head).toBe(',"event_type":"u","event_name":"n",');
    expect([cache.find("t", "n"), cache.find("u", "n")]).toEqual([undefined, head]);
  });

  it("keeps 500 of them at most, since names can be user data", () => {
    const cache = new HeadCache("");
    const names = Array.from({ length: 500 }, (_, index) => `n${index}`);
    for (const [index, name] of names.entries()) cache.add(`t${index % 7}`, name);
    expect(names.every((name, index) => cache.find(`t${index % 7}`, name))).toBe(true);
    cache.add("t", "one more");
    expect(cache.find("t", "one more")).toBeDefined();
    expect(names.some((name, index) => cache.find(`t${index % 7}`, name))).toBe(false);
    for (const name of names.slice(1)) cache.add("t", name);
    expect(cache.find("t", "one more")).toBeDefined();
    cache.add("t", "n0");
    expect(cache.find("t", "one more")).toBeUndefined();
  });
});
