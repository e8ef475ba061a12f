/** A process that may open no more files for a while: says what became of its events, and of those it has taken over. */
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "@activity/core";
import { importances } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { createSpoolStore, processOwner } from "../src/index.ts";
import { drain, idsOf } from "./spool-fixtures.ts";

const problems: Problem[] = [];
const store = createSpoolStore({
  directory: process.argv[2],
  destination: "test",
  segmentBytes: 2_000,
  maxEvents: 70,
  onProblem: (problem) => problems.push(problem),
});
const ready = new Promise<void>((resolve) => {
  store.onReady = resolve;
});
const append = (from: number, to: number): void => {
  for (const { text } of testEvents(from, to, { source: "own" }))
    store.append(text, 0, importances.behavioral);
};

const adopted = store.adopt?.() ?? 0;
append(1, 50);
const opened: number[] = [];
let failure: unknown;
try {
  for (;;) opened.push(openSync("/dev/null", "r"));
} catch (cause) {
  failure = (cause as NodeJS.ErrnoException).code; // What `fs` throws has a code.
}
let owner: unknown;
try {
  owner = processOwner();
} catch (cause) {
  owner = (cause as NodeJS.ErrnoException).code; // As above.
}
const evicted = store.evict();
const leased = [store.lease(() => true, true), store.lease(() => true, true)];
store.append(testEvents(51, 51, { source: "own" })[0]?.text ?? "", 0, importances.metric);
for (const fd of opened) closeSync(fd);
// What makes it ready keeps no process alive; one that never is must end.
const patience = new AbortController();
await Promise.race([ready, sleep(10_000, undefined, { signal: patience.signal }).catch(() => undefined)]);
patience.abort();
const dropped = store.evict().flatMap(({ reason, texts }) => texts.map(() => reason));
const found = idsOf(drain(store));
console.log(
  JSON.stringify({
    failure,
    owner,
    adopted,
    evicted,
    leased,
    told: problems.map(({ code }) => code),
    dropped,
    found: [found.length, new Set(found).size],
    left: store.usage.events,
  }),
);
