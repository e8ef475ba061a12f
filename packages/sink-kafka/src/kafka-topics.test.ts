import { describe, expect, it } from "@jest/globals";
import { createTopicTable } from "./kafka-topics.ts";

describe("createTopicTable", () => {
  it("gives every type the one topic", () => {
    const table = createTopicTable("events");
    expect(table.all).toEqual([{ name: "events", number: 0 }]);
    expect(table.ofType("billing").name).toBe("events");
  });

  it("gives a named type its topic and the others the default one", () => {
    const table = createTopicTable({ default: "events", billing: "money", error: "events", metric: "money" });
    expect(table.all.map(({ name }) => name)).toEqual(["events", "money"]);
    expect(["billing", "metric", "error", "log", "toString"].map((type) => table.ofType(type).name)).toEqual([
      "money",
      "money",
      "events",
      "events",
      "events",
    ]);
  });

  it("keeps the number of a topic when others are added", () => {
    const before = createTopicTable({ default: "events", billing: "money" });
    const after = createTopicTable({ default: "events", active: "aaa", billing: "money", log: "zzz" });
    expect(after.ofType("billing")).toEqual(before.ofType("billing"));
    expect(new Set(after.all.map(({ number }) => number)).size).toBe(4);
  });

  it("finds a topic by its number, and the default one by a number that is nobody's", () => {
    const table = createTopicTable({ default: "events", billing: "money" });
    expect(table.ofNumber(table.ofType("billing").number).name).toBe("money");
    expect(table.ofNumber(99_999).name).toBe("events");
  });

  it.each(["", "two words", "a".repeat(250), ".", "..", "ä"])("refuses %j as a topic", (name) => {
    expect(() => createTopicTable(name)).toThrow(/topic is .* 1 to 249/);
    expect(() => createTopicTable({ default: "events", billing: name })).toThrow(/topic is/);
  });

  it("refuses a map without a default", () => {
    expect(() => createTopicTable({ billing: "money" } as never)).toThrow(/topic is undefined/);
  });
});
