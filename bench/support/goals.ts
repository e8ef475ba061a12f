/** The goals of bench/goals.json: what a figure must and should reach, and when a change of them is a lowering. */
import { readFileSync } from "node:fs";

export interface Goal {
  /** Reached, or the run fails. */
  readonly must?: number;
  /** What we aim at; missed, it is shown and nothing fails. */
  readonly goal?: number;
  /** `max`: the figure stays at or below; `min`: at or above. */
  readonly direction: "max" | "min";
  readonly unit: string;
  /** The figure compares with somebody else's package and is there with `--peers` only. */
  readonly needs?: "peers";
}

/** Figures by the name of their run: `bench/record`, `soak/failover` … */
export type Goals = Readonly<Record<string, Readonly<Record<string, Goal>>>>;

export function readGoals(): Goals {
  return JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8"));
}

export function reaches(value: number, limit: number, direction: Goal["direction"]): boolean {
  return direction === "max" ? value <= limit : value >= limit;
}

/** Everything in which `after` asks for less than `before`, one line each. */
export function loweredGoals(before: Goals, after: Goals): readonly string[] {
  return Object.entries(before).flatMap(([run, figures]) =>
    Object.entries(figures).flatMap(([figure, old]) => {
      const now = after[run]?.[figure];
      if (now === undefined) return [`${run} ${figure} is gone`];
      if (now.direction !== old.direction) return [`${run} ${figure} changed its direction`];
      if (now.needs !== undefined && old.needs === undefined)
        return [`${run} ${figure} is measured with peers only`];
      return (["must", "goal"] as const)
        .filter((level) => asksForLess(old[level], now[level], old.direction))
        .map((level) => `${run} ${figure}: ${level} went from ${old[level]} to ${now[level] ?? "nothing"}`);
    }),
  );
}

function asksForLess(
  old: number | undefined,
  now: number | undefined,
  direction: Goal["direction"],
): boolean {
  if (old === undefined) return false;
  return now === undefined || !reaches(now, old, direction);
}
