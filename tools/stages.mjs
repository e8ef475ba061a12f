/** Runs named steps, at most `width` at a time, each after those it needs; a failed step fails those that need it. */

/**
 * A step is `{ name, needs?: string[], run(): Promise<{ passed, failed, skipped, output? }> }`. `onEnd(step, result)`
 * is called as each one ends, with `seconds` added. Resolves with the results in the order of `steps`.
 */
export async function runStages(steps, { width, onEnd }) {
  const results = new Map();
  const waiting = new Set(steps);
  const running = new Map();
  while (waiting.size > 0 || running.size > 0) {
    for (const step of waiting) {
      if (running.size >= width) break;
      const needs = step.needs ?? [];
      if (!needs.every((name) => results.has(name))) continue;
      waiting.delete(step);
      const broken = needs.find((name) => results.get(name).failed > 0);
      running.set(step, runOne(step, broken));
    }
    if (running.size === 0)
      throw new Error(`These steps wait for each other: ${[...waiting].map(({ name }) => name).join(", ")}`);
    const { step, result } = await Promise.race(running.values());
    running.delete(step);
    results.set(step.name, result);
    onEnd?.(step, result);
  }
  return steps.map((step) => results.get(step.name));
}

async function runOne(step, broken) {
  if (broken !== undefined) {
    const output = `not run, because "${broken}" failed`;
    return { step, result: { passed: 0, failed: 1, skipped: 0, seconds: 0, output } };
  }
  const startedAt = performance.now();
  const result = await step.run();
  return { step, result: { ...result, seconds: (performance.now() - startedAt) / 1000 } };
}

export function sumOf(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}
