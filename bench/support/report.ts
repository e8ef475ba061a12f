/**
 * Collects the figures of a run, compares them with bench/goals.json, prints a table and ends with the one JSON line
 * `{ "name", "pass", "figures" }`. With `--json` only that line is printed. Exit code 1 when a `must` is missed.
 */
import { arch, cpus, platform } from "node:os";
import { type Goal, type Goals, reaches, readGoals } from "./goals.ts";
import type { Measured, Spread } from "./measure.ts";

export interface ReportOptions {
  readonly kind: "bench" | "soak";
  readonly name: string;
  /** @defaultValue what follows the file name on the command line */
  readonly flags?: readonly string[];
  readonly goals?: Goals;
  readonly print?: (line: string) => void;
}

export interface Report {
  /** The run compares with peers: `--peers` was given. */
  readonly withPeers: boolean;
  /** A number, or a spread, whose median counts. Name it after its unit: `added_ms`. */
  figure(name: string, value: number | Spread): void;
  /** One line for the reader: versions and settings of a peer, the size of the data … */
  note(line: string): void;
  /** A table of what each arm cost. */
  arms(measured: Measured): void;
  /** Prints everything and sets the exit code. A goal without its figure is a miss. */
  end(): {
    readonly name: string;
    readonly pass: boolean;
    readonly figures: Readonly<Record<string, number>>;
  };
}

export function createReport(options: ReportOptions): Report {
  const { kind, name, flags = process.argv.slice(2), goals = readGoals(), print = console.log } = options;
  const withPeers = flags.includes("--peers");
  const show = flags.includes("--json") ? (): void => undefined : print;
  const figures = new Map<string, number | Spread>();
  show(
    `${kind} ${name} · Node ${process.version} · ${platform()} ${arch()} · ${cpus().length} × ${cpus()[0]?.model.trim() ?? "CPU"}`,
  );
  return {
    withPeers,
    figure(figureName, value) {
      figures.set(figureName, value);
    },
    note(line) {
      show(line);
    },
    arms(measured) {
      for (const line of armTable(measured)) show(line);
    },
    end() {
      const wanted = Object.entries(goals[`${kind}/${name}`] ?? {}).filter(
        ([, goal]) => withPeers || goal.needs === undefined,
      );
      const judged = judge(figures, new Map(wanted));
      for (const line of figureTable(judged)) show(line);
      const pass = judged.every(({ missed }) => !missed);
      const result = {
        name,
        pass,
        figures: Object.fromEntries([...figures].map(([key, value]) => [key, rounded(centre(value))])),
      };
      print(JSON.stringify(result));
      if (!pass) process.exitCode = 1;
      return result;
    },
  };
}

interface Judged {
  readonly name: string;
  readonly value: number | Spread | undefined;
  readonly goal: Goal | undefined;
  readonly missed: boolean;
}

function judge(
  figures: ReadonlyMap<string, number | Spread>,
  goals: ReadonlyMap<string, Goal>,
): readonly Judged[] {
  const names = new Set([...figures.keys(), ...goals.keys()]);
  return [...names].map((name) => {
    const value = figures.get(name);
    const goal = goals.get(name);
    const must = goal?.must;
    const missed =
      goal !== undefined &&
      (value === undefined || (must !== undefined && !reaches(centre(value), must, goal.direction)));
    return { name, value, goal, missed };
  });
}

function figureTable(judged: readonly Judged[]): readonly string[] {
  const rows = judged.map(({ name, value, goal, missed }) => [
    name,
    value === undefined ? "not measured" : written(value),
    goal?.unit ?? "",
    goal?.must === undefined ? "" : `${goal.direction === "max" ? "≤" : "≥"} ${goal.must}`,
    goal?.goal === undefined ? "" : `${goal.direction === "max" ? "≤" : "≥"} ${goal.goal}`,
    verdictOn(value, goal, missed),
  ]);
  return table([["figure", "value", "unit", "must", "goal", ""], ...rows]);
}

function verdictOn(value: number | Spread | undefined, goal: Goal | undefined, missed: boolean): string {
  if (goal === undefined) return "";
  if (missed || value === undefined) return "MISSED";
  if (goal.goal === undefined) return "ok";
  return reaches(centre(value), goal.goal, goal.direction) ? "ok, goal too" : "ok, goal missed";
}

function armTable(measured: Measured): readonly string[] {
  const rows = measured.arms.map(({ name, wallUs, cpuUs, collections, collectionUs }) => [
    name,
    written(wallUs),
    written(cpuUs),
    written(collections),
    written(collectionUs),
  ]);
  return table([["arm", "wall µs", "CPU µs", "collections", "their µs"], ...rows]);
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function centre(value: number | Spread): number {
  return typeof value === "number" ? value : value.median;
}

function written(value: number | Spread): string {
  if (typeof value === "number") return String(rounded(value));
  return `${rounded(value.median)} (${rounded(value.min)}–${rounded(value.max)})`;
}

function rounded(value: number): number {
  return Number(Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
}
