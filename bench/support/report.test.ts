import { afterEach, describe, expect, it } from "@jest/globals";
import type { Goals } from "./goals.ts";
import { createReport } from "./report.ts";

const goals: Goals = {
  "bench/x": {
    slow_ms: { must: 8, goal: 4, direction: "max", unit: "ms" },
    ratio_to_peer: { must: 1, direction: "min", unit: "ratio", needs: "peers" },
  },
};

describe("createReport", () => {
  afterEach(() => {
    process.exitCode = undefined;
  });

  const reportOf = (flags: string[], figures: Record<string, number>) => {
    const lines: string[] = [];
    const report = createReport({
      kind: "bench",
      name: "x",
      flags,
      goals,
      print: (line) => lines.push(line),
    });
    for (const [name, value] of Object.entries(figures)) report.figure(name, value);
    return { result: report.end(), lines };
  };

  it.each([
    ["at the limit", { slow_ms: 8 }, [], true],
    ["above it", { slow_ms: 8.01 }, [], false],
    ["a goal without its figure", {}, [], false],
    ["a peer's figure that --peers asked for is absent", { slow_ms: 1 }, ["--peers"], false],
    ["a peer's figure below its limit", { slow_ms: 1, ratio_to_peer: 0.99 }, ["--peers"], false],
    ["a peer's figure at its limit", { slow_ms: 1, ratio_to_peer: 1 }, ["--peers"], true],
  ])("%s", (_, figures: Record<string, number>, flags, pass) => {
    expect(reportOf(flags, figures).result.pass).toBe(pass);
    expect(process.exitCode).toBe(pass ? undefined : 1);
  });

  it("ends with one JSON line, and with --json prints nothing else", () => {
    const line = { name: "x", pass: true, figures: { slow_ms: 2.5, events: 1000 } };
    const figures = { slow_ms: 2.5, events: 1000 };
    expect(JSON.parse(reportOf([], figures).lines.at(-1) ?? "")).toEqual(line);
    expect(reportOf(["--json"], figures).lines.map((text) => JSON.parse(text))).toEqual([line]);
  });

  it("says which limits were met, and shows the spread", () => {
    const lines: string[] = [];
    const report = createReport({
      kind: "bench",
      name: "x",
      flags: [],
      goals,
      print: (line) => lines.push(line),
    });
    report.figure("slow_ms", { median: 5, min: 4.5, max: 6 });
    report.end();
    expect(lines.find((line) => line.startsWith("slow_ms"))).toMatch(
      /5 \(4\.5–6\)\s+ms\s+≤ 8\s+≤ 4\s+ok, goal missed/,
    );
  });
});
