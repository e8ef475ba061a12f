/**
 * Measures pieces of work ("arms") side by side: every round runs every arm, each time in another order, so that noise
 * of the machine meets all of them alike, and ratios are taken between arms of the same round.
 */
import { PerformanceObserver } from "node:perf_hooks";

export interface Arm<Item> {
  readonly name: string;
  /** Runs before each measured round, outside the measurement. */
  readonly before?: () => void | Promise<void>;
  /** The work, over the items of this round. What it returns is kept until the round ends, so that it is really done. */
  readonly run: (items: readonly Item[]) => unknown;
  /** Runs after each measured round, outside the measurement. */
  readonly after?: () => void | Promise<void>;
}

export interface MeasureOptions<Item> {
  /** The items of a round, made before anything is timed. Supply varied data: one shape flatters the engine. */
  readonly items: (round: number) => readonly Item[];
  /** Measured rounds. @defaultValue 5 */
  readonly rounds?: number;
  /** Rounds before those, thrown away. @defaultValue 2 */
  readonly warmUpRounds?: number;
}

/** Median, and the smallest and largest value beside it. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What one item cost. */
export interface ArmResult {
  readonly name: string;
  readonly wallUs: Spread;
  readonly cpuUs: Spread;
  /** Garbage collections in a round, and their time for an item. */
  readonly collections: Spread;
  readonly collectionUs: Spread;
}

export interface Measured {
  readonly arms: readonly ArmResult[];
  /** Throws when there is no such arm. */
  arm(name: string): ArmResult;
  /** How many times the wall time (or CPU time) of `other` the arm takes: the ratio of each round, then their median. */
  ratio(name: string, other: string, of?: "wallUs" | "cpuUs"): Spread;
}

interface Sample {
  readonly wallUs: number;
  readonly cpuUs: number;
  readonly collections: number;
  readonly collectionUs: number;
}

export async function measure<Item>(
  arms: readonly Arm<Item>[],
  options: MeasureOptions<Item>,
): Promise<Measured> {
  const { items, rounds = 5, warmUpRounds = 2 } = options;
  const samples = new Map<string, Sample[]>(arms.map(({ name }) => [name, []]));
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    const itemsOfRound = items(round);
    for (let turn = 0; turn < arms.length; turn++) {
      const arm = arms[(turn + round) % arms.length];
      if (arm === undefined) continue;
      const sample = await runOnce(arm, itemsOfRound);
      if (round >= warmUpRounds) samples.get(arm.name)?.push(sample);
    }
  }
  return summary(samples);
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  if (low === undefined || high === undefined) throw new RangeError("There is no median of no values");
  return { median: (low + high) / 2, min: sorted[0] ?? low, max: sorted.at(-1) ?? high };
}

async function runOnce<Item>(arm: Arm<Item>, items: readonly Item[]): Promise<Sample> {
  await arm.before?.();
  globalThis.gc?.();
  const collections = countCollections();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const outcome = arm.run(items);
  const kept = outcome instanceof Promise ? await outcome : outcome;
  const wallMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  const { count, ms } = await collections.end();
  await arm.after?.();
  lastOutcome = kept;
  return {
    wallUs: (wallMs * 1000) / items.length,
    cpuUs: (cpu.user + cpu.system) / items.length,
    collections: count,
    collectionUs: (ms * 1000) / items.length,
  };
}

/** What the last run returned: held here, so that no engine may leave the work out. */
export let lastOutcome: unknown;

function countCollections(): { end(): Promise<{ count: number; ms: number }> } {
  const entries: { readonly duration: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    entries.push(...list.getEntries());
  });
  observer.observe({ entryTypes: ["gc"] });
  return {
    async end() {
      await new Promise((resolve) => setImmediate(resolve)); // entries are handed out on the next turn
      entries.push(...observer.takeRecords());
      observer.disconnect();
      return { count: entries.length, ms: entries.reduce((sum, { duration }) => sum + duration, 0) };
    },
  };
}

function summary(samples: ReadonlyMap<string, readonly Sample[]>): Measured {
  const samplesOf = (name: string): readonly Sample[] => {
    const found = samples.get(name);
    if (found === undefined)
      throw new RangeError(`There is no arm "${name}", only ${[...samples.keys()].join(", ")}`);
    return found;
  };
  const arm = (name: string): ArmResult => {
    const spread = (key: keyof Sample): Spread => spreadOf(samplesOf(name).map((sample) => sample[key]));
    return {
      name,
      wallUs: spread("wallUs"),
      cpuUs: spread("cpuUs"),
      collections: spread("collections"),
      collectionUs: spread("collectionUs"),
    };
  };
  return {
    arms: [...samples.keys()].map(arm),
    arm,
    ratio(name, other, of = "wallUs") {
      const divisors = samplesOf(other);
      return spreadOf(
        samplesOf(name).map((sample, round) => sample[of] / (divisors[round]?.[of] ?? Number.NaN)),
      );
    },
  };
}
