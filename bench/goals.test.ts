import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { type Goals, loweredGoals, readGoals } from "./support/goals.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

describe("bench/goals.json", () => {
  const goals = readGoals();
  const figures = Object.entries(goals).flatMap(([run, of]) =>
    Object.entries(of).map(([figure, goal]) => ({ run, figure, goal })),
  );

  it("names every run after its file and every figure in snake_case", () => {
    for (const { run, figure } of figures) {
      expect(run).toMatch(/^(bench|soak)\/[a-z][a-z0-9-]*$/);
      expect(figure).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    }
    expect(figures.length).toBeGreaterThan(50);
  });

  it("gives each figure a limit, a direction and a unit, and nothing else", () => {
    for (const { goal } of figures) {
      expect(
        Object.keys(goal).filter((key) => !["must", "goal", "direction", "unit", "needs"].includes(key)),
      ).toEqual([]);
      expect(["max", "min"]).toContain(goal.direction);
      expect(goal.unit).toMatch(/\S/);
      expect([undefined, "peers"]).toContain(goal.needs);
      expect(Number.isFinite(goal.must ?? goal.goal)).toBe(true);
    }
  });

  it("was never lowered without a decision record in the same change", () => {
    const file = "bench/goals.json";
    const at = (commit: string): Goals => JSON.parse(git("show", `${commit}:${file}`));
    const commits = git("log", "--format=%H", "--diff-filter=AM", "--", file).split("\n").filter(Boolean);
    const changes = commits.slice(0, -1).map((commit, index) => ({
      lowered: loweredGoals(at(commits[index + 1] ?? commit), at(commit)),
      decisions: git("show", "--format=", "--name-only", "--diff-filter=A", commit, "--", "docs/decisions"),
      commit,
    }));
    const [last] = commits;
    if (last !== undefined) {
      const added = git("diff", "--name-only", "--diff-filter=A", "HEAD", "--", "docs/decisions");
      const untracked = git("ls-files", "--others", "--exclude-standard", "--", "docs/decisions");
      changes.push({
        lowered: loweredGoals(at(last), goals),
        decisions: added + untracked,
        commit: "the working tree",
      });
    }
    expect(changes.filter(({ lowered, decisions }) => lowered.length > 0 && decisions === "")).toEqual([]);
  });
});

describe("loweredGoals", () => {
  const before: Goals = { "bench/x": { slow_ms: { must: 8, goal: 4, direction: "max", unit: "ms" } } };
  const after = (change: object): Goals => ({
    "bench/x": { slow_ms: { must: 8, goal: 4, direction: "max", unit: "ms", ...change } },
  });

  it.each([
    ["a looser must", after({ must: 8.1 }), 1],
    ["a stricter must", after({ must: 7 }), 0],
    ["the same", after({}), 0],
    ["a looser goal", after({ goal: 5 }), 1],
    ["no goal any more", after({ goal: undefined }), 1],
    ["another direction", after({ direction: "min" }), 1],
    ["with peers only", after({ needs: "peers" }), 1],
    ["a figure gone", { "bench/x": {} }, 1],
    ["a run gone", {}, 1],
    ["a figure more", { ...after({}), "bench/y": { a: { must: 1, direction: "min", unit: "x" } } }, 0],
  ] satisfies [string, Goals, number][])("%s", (_, now, count) => {
    expect(loweredGoals(before, now)).toHaveLength(count);
  });
});
