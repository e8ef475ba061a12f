import { describe, expect, it } from "@jest/globals";
import { measure, spreadOf } from "./measure.ts";

describe("spreadOf", () => {
  it.each([
    [[3], { median: 3, min: 3, max: 3 }],
    [[9, 1, 5], { median: 5, min: 1, max: 9 }],
    [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4 }],
  ])("of %j", (values, spread) => {
    expect(spreadOf(values)).toEqual(spread);
  });

  it("refuses no values", () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe("measure", () => {
  const spin = (items: readonly number[], turns: number): number => {
    let sum = 0;
    for (let turn = 0; turn < turns; turn++) for (const item of items) sum += Math.sqrt(item + sum);
    return sum;
  };

  it("interleaves the arms, starts each round with another, and throws warm-up rounds away", async () => {
    const order: string[] = [];
    const arm = (name: string) => ({ name, run: () => order.push(name) });
    const { arms } = await measure([arm("a"), arm("b")], { items: () => [1], rounds: 3, warmUpRounds: 1 });
    expect(order.join("")).toBe("abbaabba");
    expect(arms.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("sees ten times the work as several times the cost", async () => {
    const numbers = Array.from({ length: 20_000 }, (_, index) => index);
    const measured = await measure(
      [
        { name: "once", run: (items: readonly number[]) => spin(items, 10) },
        { name: "ten times", run: (items: readonly number[]) => spin(items, 100) },
      ],
      { items: () => numbers, rounds: 5 },
    );
    expect(measured.ratio("ten times", "once", "cpuUs").median).toBeGreaterThan(3);
    expect(measured.arm("once").wallUs.median).toBeGreaterThan(0);
    expect(() => measured.arm("twice")).toThrow('There is no arm "twice"');
  });

  it("waits for asynchronous work and runs before and after outside of it", async () => {
    const order: string[] = [];
    await measure(
      [
        {
          name: "later",
          before: () => void order.push("before"),
          run: async () => {
            await Promise.resolve();
            order.push("run");
          },
          after: () => void order.push("after"),
        },
      ],
      { items: () => [1], rounds: 1, warmUpRounds: 0 },
    );
    expect(order).toEqual(["before", "run", "after"]);
  });
});
