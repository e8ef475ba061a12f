/** A process that may not read its spool for a while: says what became of its events, and of those it has taken over. */
import { chmodSync, chownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "@activity/core";
import { importances } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { createSpoolStore, spoolFolder } from "../src/index.ts";
import { drain, idsOf } from "./spool-fixtures.ts";

const [directory = ""] = process.argv.slice(2);
const folder = spoolFolder({ directory, destination: "test" }) ?? "";
const files = (): string[] => readdirSync(folder).map((name) => join(folder, name));
// Whoever is root reads everything.
if (process.geteuid?.() === 0) {
  for (const path of [directory, folder, ...files()]) chownSync(path, 65_534, 65_534);
  process.seteuid?.(65_534);
}

const problems: Problem[] = [];
const onProblem = (problem: Problem): void => void problems.push(problem);
const store = createSpoolStore({ directory, destination: "test", onProblem });
const adopted = store.adopt?.() ?? 0;
for (const { text } of testEvents(1, 10, { source: "own" })) store.append(text, 0, importances.behavioral);
for (const path of files()) chmodSync(path, 0o000);
const leased = store.lease(() => true, true);
const lost = store.evict();
const handedOver = store.takenOver?.().count;
const waits = store.usage.events;
for (const path of files()) chmodSync(path, 0o600);
const again = store.adopt?.() ?? 0;
const found = idsOf(drain(store));
console.log(
  JSON.stringify({
    adopted,
    leased,
    lost,
    handedOver,
    waits,
    again,
    found: found.length,
    problems,
    left: store.usage.events,
  }),
);
