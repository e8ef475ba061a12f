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

  it("gives a topic of several types one number", () => {
    const [one, several] = [{ billing: "money" }, { billing: "money", log: "money", metric: "money" }].map(
      (types) => createTopicTable({ default: "events", ...types }),
    );
    expect(several?.all).toEqual(one?.all);
  });

  it("keeps topics apart whose names have the same hash", () => {
    const numberOf = (name: string): number =>
      createTopicTable({ default: "events", log: name }).ofType("log").number;
    const names = new Map<number, string>();
    let twins: readonly [string, string] | undefined;
    for (let n = 0; twins === undefined; n++) {
      const other = names.get(numberOf(`topic-${n}`));
      if (other !== undefined) twins = [other, `topic-${n}`];
      names.set(numberOf(`topic-${n}`), `topic-${n}`);
    }
    const table = createTopicTable({ default: "events", billing: twins[0], log: twins[1] });
    for (const type of ["billing", "log"]) {
      const topic = table.ofType(type);
      expect(table.ofNumber(topic.number)).toBe(topic);
    }
    expect(table.all.map(({ name }) => name).toSorted()).toEqual(["events", ...twins].toSorted());
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
