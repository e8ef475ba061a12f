/** A process whose files may not grow: says what became of its events. */
import type { Problem } from "@activity/core";
import { importances } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { createSpoolStore } from "../src/index.ts";
import { drain, idsOf } from "./spool-fixtures.ts";

const problems: Problem[] = [];
const store = createSpoolStore({
  directory: process.argv[2],
  destination: "test",
  onProblem: (problem) => problems.push(problem),
});
const append = (from: number, to: number): void => {
  for (const { text } of testEvents(from, to)) store.append(text, 0, importances.behavioral);
};
append(1, 100);
const { events: usage } = store.usage;
const { survives } = store;
const found = idsOf(drain(store));
const after = store.survives;
console.log(
  JSON.stringify({
    usage,
    problems: problems.map(({ code }) => code),
    survives,
    leased: found.length,
    distinct: new Set(found).size,
    after,
  }),
);
// These stay behind.
append(101, 110);
process.kill(process.pid, "SIGKILL");
