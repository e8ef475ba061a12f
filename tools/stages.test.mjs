import { describe, expect, it } from "@jest/globals";
import { runStages, sumOf } from "./stages.mjs";

const ends =
  (failed = 0) =>
  async () => ({ passed: 1 - failed, failed, skipped: 0 });

describe("runStages", () => {
  it("runs a step after those it needs, and no more than the width at a time", async () => {
    const log = [];
    let running = 0;
    const step = (name, needs) => ({
      name,
      needs,
      run: async () => {
        running += 1;
        expect(running).toBeLessThanOrEqual(2);
        log.push(name);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return { passed: 1, failed: 0, skipped: 0 };
      },
    });
    await runStages([step("tests", ["build"]), step("lint"), step("build"), step("format")], { width: 2 });
    expect(log.indexOf("build")).toBeLessThan(log.indexOf("tests"));
    expect(log).toHaveLength(4);
  });

  it("counts what needs a failed step as failed, without running it", async () => {
    let ran = false;
    const tests = {
      name: "tests",
      needs: ["build"],
      run: () => {
        ran = true;
        return ends()();
      },
    };
    const results = await runStages([{ name: "build", run: ends(1) }, tests], { width: 2 });
    expect(sumOf(results)).toEqual({ passed: 0, failed: 2, skipped: 0 });
    expect(ran).toBe(false);
  });

  it("says so when steps wait for each other", async () => {
    const steps = [
      { name: "a", needs: ["b"], run: ends() },
      { name: "b", needs: ["a"], run: ends() },
    ];
    await expect(runStages(steps, { width: 1 })).rejects.toThrow("wait for each other: a, b");
  });
});
