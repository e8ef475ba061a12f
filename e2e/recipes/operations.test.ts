/** What docs/operations.md names is there: metrics, labels, results, reasons. */
import { readFileSync } from "node:fs";
import { dropReasons } from "@activity/core";
import { kafkaMetrics, kafkaSink } from "@activity/sink-kafka";
import { expect, it } from "@jest/globals";

const document = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
const metrics = kafkaMetrics(kafkaSink({ brokers: "127.0.0.1:9", topic: "events" }));

function part(heading: string): string {
  const found = new RegExp(`## ${heading}\n([\\s\\S]*?)(?=\n## |$)`).exec(document)?.[1];
  if (found === undefined) throw new Error(`operations.md has no part "${heading}"`);
  return found;
}

it("explains each metric, and no other", () => {
  const named = new Set(part("What to watch").match(/\bactivity_kafka_\w+/g));
  expect([...named].toSorted()).toEqual(metrics.map(({ name }) => name).toSorted());
});

it("alerts on metrics, labels and values that there are", () => {
  const alerts = part("When to be woken");
  const uses = [...alerts.matchAll(/\b(activity_kafka_\w+)(?:\{(\w+)=~?"([\w|]+)"\})?/g)];
  expect(uses.length).toBeGreaterThan(8);
  for (const [, name, label, values = ""] of uses) {
    const metric = metrics.find((one) => one.name === name);
    expect(metric).toBeDefined();
    if (label === undefined) continue;
    const known = metric?.samples.map(({ labels }) => labels[label]);
    expect(known).toEqual(expect.arrayContaining(values.split("|")));
  }
  for (const [, label = ""] of alerts.matchAll(/sum by \(job, (\w+)\)/g))
    expect(metrics.map((metric) => metric.label)).toContain(label);
});

it("says for each alert what to do", () => {
  const alerts = part("When to be woken");
  for (const [, alert] of alerts.matchAll(/- alert: (\w+)/g))
    expect(alerts).toMatch(new RegExp(`^\\| .*\`${alert}\``, "m"));
});

it("has a row for each drop reason, and no other", () => {
  const rows = [...part("A row for each drop reason").matchAll(/^\| `(\w+)` \|/gm)].map(
    ([, reason]) => reason,
  );
  expect(rows.toSorted()).toEqual([...dropReasons].toSorted());
});
