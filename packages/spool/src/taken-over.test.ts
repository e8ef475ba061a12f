import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { importances } from "@activity/core";
import { fakeClock, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { drain, filesIn, idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { JournalRest, SpoolStore } from "./index.ts";
import { createSpoolStore, SpoolJournal, spoolFolder } from "./index.ts";
import { createOwner } from "./owner.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let problems: string[];

beforeEach(() => {
  directory = temporaryDirectory();
  problems = [];
});
afterEach(() => directory.remove());

/** A clock whose time is that of the machine, and later as a test says. */
function machineClock(): Clock & { lateMs: number } {
  const clock = { ...fakeClock(), lateMs: 0, now: () => Date.now() + clock.lateMs };
  return clock;
}

/** A store of a process that nobody here can look at. */
function openElsewhere(clock: Clock, write: "event" | "tick" = "event", pidNamespace = 42): SpoolStore {
  const owner = { ...createOwner(), pidNamespace };
  const rest: JournalRest = { owner, begun: 0, last: 0, segments: [], marks: [] };
  const onProblem = ({ code }: { code: string }): unknown => problems.push(code);
  return createSpoolStore({ directory: directory.path, destination: "x", clock, onProblem, write }, rest);
}

function open(clock: Clock): SpoolStore {
  return createSpoolStore({ directory: directory.path, destination: "x", clock });
}

function append(store: SpoolStore, from: number, to: number): void {
  for (const { text } of testEvents(from, to)) store.append(text, 0, importances.behavioral);
}

describe("an owner that nobody here can look at", () => {
  it("is left what it holds as long as it looks after it, although it records nothing", async () => {
    const clock = machineClock();
    const elsewhere = openElsewhere(clock);
    append(elsewhere, 1, 2);
    elsewhere.lease(() => true, true);
    append(elsewhere, 3, 4);
    for (let minute = 0; minute < 30; minute++) {
      clock.lateMs += 60_000;
      expect([elsewhere.adopt?.(), open(clock).adopt?.()]).toEqual([0, 0]);
    }
    clock.lateMs += 600_001;
    expect(open(clock).adopt?.()).toBe(4);
  });

  it("is not taken over from who took it over a moment ago", () => {
    const clock = machineClock();
    append(openElsewhere(clock), 1, 2);
    clock.lateMs += 600_001;
    expect(openElsewhere(clock, "event", 43).adopt?.()).toBe(2);
    expect(open(clock).adopt?.()).toBe(0);
  });

  it.each(["event", "tick"] as const)(
    "records what follows into a new file once it has been taken for dead: %s",
    async (write) => {
      const clock = machineClock();
      const elsewhere = openElsewhere(clock, write);
      append(elsewhere, 1, 2);
      await elsewhere.durable(2);
      clock.lateMs += 600_001;
      const other = open(clock);
      expect(other.adopt?.()).toBe(2);
      expect(idsOf(drain(other))).toEqual(["test.1", "test.2"]);
      append(elsewhere, 3, 3);
      await elsewhere.durable(3);
      expect(idsOf(filesIn(directory.path).flatMap(linesOf))).toEqual(["test.3"]);
      expect(elsewhere.evict()).toEqual([]);
      expect(elsewhere.takenOver?.()).toEqual({ count: 2, positions: [1, 2] });
      expect(elsewhere.takenOver?.()).toEqual({ count: 0, positions: [] });
      expect([idsOf(drain(elsewhere)), elsewhere.survives, problems]).toEqual([["test.3"], true, []]);
    },
  );

  it("says what was taken from it, in half a minute at most, and what was not", () => {
    const clock = machineClock();
    const elsewhere = openElsewhere(clock);
    append(elsewhere, 1, 3);
    const lease = elsewhere.lease(() => true, true);
    if (lease === undefined || lease === "loading") throw new Error("there is no lease");
    append(elsewhere, 4, 5);
    clock.lateMs += 600_001;
    expect(open(clock).adopt?.()).toBe(5);
    expect(elsewhere.adopt?.()).toBe(0);
    expect(elsewhere.takenOver?.()).toEqual({ count: 2, positions: [4, 5] });
    elsewhere.settle(lease, [1, 2]);
    expect(elsewhere.takenOver?.()).toEqual({ count: 2, positions: [2, 3] });
    expect([elsewhere.usage.events, elsewhere.evict(), problems]).toEqual([0, [], []]);
  });

  it("does not say durable of what it wrote into a file that was gone", async () => {
    const elsewhere = openElsewhere(machineClock());
    append(elsewhere, 1, 1);
    for (const file of filesIn(directory.path)) rmSync(file);
    await expect(elsewhere.durable(1)).rejects.toThrow("the segment is gone");
  });
});

describe("a file that somebody has deleted", () => {
  it("is lost, not taken over, and takes no more a second later", () => {
    const clock = machineClock();
    const store = open(clock);
    append(store, 1, 2);
    for (const file of filesIn(directory.path)) rmSync(file);
    clock.lateMs += 1_000;
    append(store, 3, 3);
    expect(store.evict()).toEqual([{ reason: "corrupt", count: 2, texts: [], positions: [1, 2] }]);
    expect(idsOf(drain(store))).toEqual(["test.3"]);
  });
});

describe("a journal", () => {
  it("begins another file when its own has been taken over, and says so to what carries on", () => {
    const clock = machineClock();
    const folder = spoolFolder({ directory: directory.path, destination: "x" }) ?? "";
    const journal = new SpoolJournal({ folder, clock });
    const [first, second] = testEvents(1, 2).map(({ text }) => text);
    journal.append(first ?? "", importances.behavioral);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    clock.lateMs += 600_001;
    journal.append(second ?? "", importances.behavioral);
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"))).toEqual([
      `${second}\n`,
    ]);
    const options = {
      directory: directory.path,
      destination: "x",
      clock: { ...clock, monotonic: () => 600_001 },
    };
    const store = createSpoolStore(options, journal.rest());
    journal.release();
    expect(idsOf(drain(store))).toEqual(["test.2"]);
    expect([store.evict(), store.takenOver?.()]).toEqual([[], { count: 1, positions: [1] }]);
  });
});

function linesOf(file: string): string[] {
  return statSync(file).size === 0 ? [] : readFileSync(file, "utf8").trimEnd().split("\n");
}
