import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Problem, Store } from "@activity/core";
import { importances } from "@activity/core";
import { fakeClock, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { drain, filesIn, idsOf, startSpoolProcess, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { SpoolStoreOptions } from "./index.ts";
import { createSpoolStore, spoolFolder } from "./index.ts";
import { parseSegmentName } from "./segment-name.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let problems: Problem[];

beforeEach(() => {
  directory = temporaryDirectory();
  problems = [];
});
afterEach(() => directory.remove());

function openStore(options: Partial<SpoolStoreOptions> = {}): Store {
  return createSpoolStore({
    directory: directory.path,
    destination: "test",
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
}

function append(store: Store, from: number, to: number, importance = importances.behavioral as number): void {
  for (const { text } of testEvents(from, to)) store.append(text, 0, importance as 0);
}

function ids(from: number, to: number, source = "test"): string[] {
  return testEvents(from, to, { source }).map(({ event_id: id }) => id);
}

describe("what a process leaves", () => {
  it.each(["kill", "exit", "throw", "close"] as const)(
    "is found whole and once by the next one: %s right after append",
    async (end) => {
      await startSpoolProcess(directory.path, { source: "child", count: 100, end });
      const store = openStore();
      expect(store.adopt?.()).toBe(100);
      expect(openStore().adopt?.()).toBe(0);
      const found = idsOf(drain(store));
      expect(found.toSorted()).toEqual(ids(1, 100, "child").toSorted());
      expect(store.usage).toEqual({ events: 0, bytes: 0, evictableEvents: 0, evictableBytes: 0 });
      expect(filesIn(directory.path)).toEqual([]);
      expect(problems).toEqual([]);
    },
  );

  it("is found again when it died over a lease", async () => {
    await startSpoolProcess(directory.path, { source: "child", count: 20, end: "lease-kill" });
    const store = openStore();
    expect(store.adopt?.()).toBe(20);
    expect(new Set(idsOf(drain(store))).size).toBe(20);
  });

  it("is not touched while it lives", async () => {
    const child = await startSpoolProcess(directory.path, { source: "child", count: 10, end: "stay" });
    const before = filesIn(directory.path);
    const store = openStore();
    expect(store.adopt?.()).toBe(0);
    append(store, 1, 3);
    expect(idsOf(drain(store))).toEqual(ids(1, 3));
    expect(filesIn(directory.path).toSorted()).toEqual(before.toSorted());
    await child.stop();
    const next = openStore();
    expect(next.adopt?.()).toBe(10);
    expect(drain(next)).toHaveLength(10);
  });

  it("is taken by one of several that come at once", async () => {
    const sources = ["a", "b", "c", "d"];
    await Promise.all(
      sources.map((source) => startSpoolProcess(directory.path, { source, count: 50, end: "kill" })),
    );
    await Promise.all(
      sources.map((source) =>
        startSpoolProcess(directory.path, { source: `${source}2`, count: 5, end: "close" }),
      ),
    );
    const store = openStore();
    expect(store.adopt?.()).toBe(220);
    const found = idsOf(drain(store));
    expect([found.length, new Set(found).size]).toEqual([220, 220]);
  });

  it("is adopted with position 0, before own events and in its order", async () => {
    const first = openStore();
    append(first, 1, 5);
    await first.close();
    const second = openStore();
    append(second, 6, 7);
    expect(second.adopt?.()).toBe(5);
    const lease = second.lease(() => true, true);
    if (lease === undefined || lease === "loading") throw new Error("nothing was leased");
    expect(Array.from(lease.positions)).toEqual([0, 0, 0, 0, 0, 1, 2]);
    second.release(lease);
    expect(idsOf(drain(second))).toEqual(ids(1, 7));
  });

  it("holds only what was not confirmed", async () => {
    const store = openStore({ lease: { maxEvents: 6, maxBytes: 100_000 } });
    append(store, 1, 10);
    const lease = store.lease(() => true, true);
    if (lease === undefined || lease === "loading") throw new Error("nothing was leased");
    store.settle(lease, [1, 4]);
    await store.close();
    const next = openStore();
    expect(next.adopt?.()).toBe(6);
    expect(idsOf(drain(next))).toEqual(["test.2", "test.5", "test.7", "test.8", "test.9", "test.10"]);
  });

  it("does not repeat what was settled before it died", () => {
    const store = openStore({ lease: { maxEvents: 6, maxBytes: 100_000 } });
    append(store, 1, 10);
    const lease = store.lease(() => true, true);
    if (lease === undefined || lease === "loading") throw new Error("nothing was leased");
    store.settle(lease, []);
    abandon();
    const next = openStore();
    expect(next.adopt?.()).toBe(4);
    expect(idsOf(drain(next))).toEqual(ids(7, 10));
  });
});

describe("damage", () => {
  it("cuts a torn last line and counts it", async () => {
    await startSpoolProcess(directory.path, { source: "child", count: 3, end: "kill" });
    const [file = ""] = filesIn(directory.path);
    appendFileSync(file, '{"event_id":"child.99","event_ti');
    const store = openStore();
    expect(store.adopt?.()).toBe(4);
    expect(idsOf(drain(store)).toSorted()).toEqual(ids(1, 3, "child"));
    expect(store.evict()).toEqual([{ reason: "corrupt", count: 1, texts: [], positions: [] }]);
    expect(problems).toMatchObject([{ code: "dropped", count: 1, reason: { code: "corrupt" } }]);
    expect(store.usage.events).toBe(0);
  });

  it("is counted once, also when whoever counted it dies before it has delivered", async () => {
    await startSpoolProcess(directory.path, { source: "child", count: 3, end: "kill" });
    for (const file of filesIn(directory.path))
      appendFileSync(file, 'not json\n{"event_id":"child.99","event_ti');
    const store = openStore();
    expect(store.adopt?.()).toBe(9);
    store.lease(() => true, true);
    expect(store.evict()).toHaveLength(3);
    abandon();
    const next = openStore();
    expect(next.adopt?.()).toBe(3);
    expect(idsOf(drain(next)).toSorted()).toEqual(ids(1, 3, "child"));
    expect(next.evict()).toEqual([]);
  });

  it.each(["not json", "[]", '{"event_id":1}', "\u0000\u0000"])(
    "leaves out a line such as %j",
    async (line) => {
      const first = openStore();
      append(first, 1, 2);
      first.append(line, 0, importances.behavioral);
      append(first, 3, 3);
      await first.close();
      const store = openStore();
      expect(store.adopt?.()).toBe(4);
      expect(idsOf(drain(store))).toEqual(ids(1, 3));
      expect(store.evict()).toMatchObject([{ reason: "corrupt", count: 1 }]);
      expect(filesIn(directory.path)).toEqual([]);
      expect(filesIn(directory.path, "quarantine").map((file) => readFileSync(file, "utf8"))).toEqual([
        `${line}\n`,
      ]);
    },
  );

  it("passes over files that are none of ours", () => {
    const store = openStore();
    append(store, 1, 1);
    const [file = ""] = filesIn(directory.path);
    writeFileSync(join(dirname(file), "notes.ndjson"), "{}\n");
    writeFileSync(join(dirname(file), `${basename(file)}.bak`), "{}\n");
    expect(openStore().adopt?.()).toBe(0);
  });

  it("removes the draft of a rest that its writer did not finish", async () => {
    const first = openStore();
    append(first, 1, 2);
    await first.close();
    const [file = ""] = filesIn(directory.path);
    writeFileSync(`${file}.tmp`, '{"event_id":"te');
    const store = openStore();
    expect(store.adopt?.()).toBe(2);
    expect(filesIn(directory.path)).toHaveLength(1);
    expect(idsOf(drain(store))).toEqual(ids(1, 2));
  });

  it("sets aside what only looks like a segment, and takes over the rest", async () => {
    const first = openStore();
    append(first, 1, 2);
    append(first, 3, 3, importances.metric);
    await first.close();
    const [file = ""] = filesIn(directory.path);
    mkdirSync(file.replace(/-c\d+-/, "-cx-").replace(/-l0-/, "-l9-"));
    const store = openStore();
    expect(store.adopt?.()).toBe(3);
    expect(problems).toMatchObject([{ code: "store", reason: { code: "unreadable" } }]);
    expect(idsOf(drain(store)).toSorted()).toEqual(ids(1, 3));
    expect(openStore().adopt?.()).toBe(0);
  });

  it("keeps no more than twenty files in quarantine", async () => {
    const first = openStore({ segmentBytes: 1 });
    for (let n = 1; n <= 25; n++) first.append("damaged", 0, importances.behavioral);
    await first.close();
    const store = openStore();
    expect(store.adopt?.()).toBe(25);
    expect(drain(store)).toEqual([]);
    expect(store.evict()).toHaveLength(25);
    expect(filesIn(directory.path, "quarantine")).toHaveLength(20);
  });

  it("counts a whole file that cannot be read any more", async () => {
    const first = openStore();
    append(first, 1, 2);
    await first.close();
    const store = openStore();
    expect(store.adopt?.()).toBe(2);
    for (const file of filesIn(directory.path)) rmSync(file);
    expect(drain(store)).toEqual([]);
    expect(store.evict()).toEqual([{ reason: "corrupt", count: 2, texts: [], positions: [] }]);
    expect(store.usage).toEqual({ events: 0, bytes: 0, evictableEvents: 0, evictableBytes: 0 });
  });

  it("tells of own events whose file is gone, and goes on", () => {
    const store = openStore();
    append(store, 1, 2);
    rmSync(directory.path, { recursive: true });
    expect(store.lease(() => true, true)).toBe(undefined);
    expect(store.evict()).toEqual([{ reason: "corrupt", count: 2, texts: [], positions: [1, 2] }]);
    append(store, 3, 3);
    expect(idsOf(drain(store))).toEqual(["test.3"]);
    expect(store.survives).toBe(true);
  });
});

describe("the disk", () => {
  it("holds folders and files that only their owner can read", () => {
    const store = openStore();
    append(store, 1, 1);
    const [file = ""] = filesIn(directory.path);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  });

  it("is not touched before the first event", () => {
    const store = openStore({ directory: join(directory.path, "later") });
    expect(store.adopt?.()).toBe(0);
    expect(filesIn(directory.path)).toEqual([]);
    append(store, 1, 1);
    expect(filesIn(join(directory.path, "later"))).toHaveLength(1);
  });

  it("is replaced by memory where the folder is a link", async () => {
    const options = { directory: directory.path, destination: "test" };
    const elsewhere = join(directory.path, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, spoolFolder(options) ?? "");
    const store = openStore();
    append(store, 1, 3);
    expect(store.survives).toBe(false);
    expect(problems).toMatchObject([{ code: "store" }]);
    await store.durable(3);
    expect(idsOf(drain(store))).toEqual(ids(1, 3));
    expect(store.survives).toBe(true);
  });

  it("is replaced by memory where no folder can be made, although the one above is there", () => {
    const nowhere = process.platform === "linux" ? "/proc" : "/dev/null";
    const store = openStore({ directory: undefined, app: "test", env: { HOME: nowhere } });
    append(store, 1, 2);
    expect([store.survives, problems.length]).toEqual([false, 1]);
  });

  it("is replaced by memory where there is no home", () => {
    const store = openStore({ directory: undefined, app: "test", env: { HOME: "relative" } });
    append(store, 1, 2);
    expect([store.survives, problems.length]).toEqual([false, 1]);
    expect(idsOf(drain(store))).toEqual(ids(1, 2));
  });

  it("says at close how many events die with the process, and leaves the others", async () => {
    const store = openStore({ segmentBytes: 300 });
    append(store, 1, 3);
    const folder = dirname(filesIn(directory.path)[0] ?? "");
    const breakDisk = (): void => {
      renameSync(folder, `${directory.path}.away`);
      writeFileSync(folder, "");
    };
    const mendDisk = (): void => {
      rmSync(folder);
      renameSync(`${directory.path}.away`, folder);
    };
    breakDisk();
    append(store, 4, 5);
    expect([store.survives, store.usage.events]).toEqual([false, 5]);
    expect(store.preserve?.()).toBe(2);
    mendDisk();
    expect(store.preserve?.()).toBe(0);
    await store.close();
    expect(openStore().adopt?.()).toBe(3);
  });

  it("syncs by itself where that is asked for", async () => {
    const store = openStore({ durability: "disk" });
    append(store, 1, 3);
    await store.durable(3);
    expect(idsOf(drain(store))).toEqual(ids(1, 3));
    expect(problems).toEqual([]);
  });

  it("keeps destinations and credentials apart", () => {
    const folders = [
      spoolFolder({ directory: "/d", destination: "a" }),
      spoolFolder({ directory: "/d", destination: "b" }),
      spoolFolder({ directory: "/d", destination: "a", credential: "k" }),
    ];
    expect(new Set(folders).size).toBe(3);
    expect(spoolFolder({ app: "shop", destination: "a", env: { XDG_STATE_HOME: "/state" } })).toMatch(
      /^\/state\/shop\/activity\/[0-9a-f]{16}$/,
    );
  });

  it("has what durable was asked for", async () => {
    const store = openStore({ segmentBytes: 300 });
    append(store, 1, 20);
    const first = Promise.all([store.durable(1), store.durable(20)]);
    append(store, 21, 40);
    await Promise.all([first, store.durable(40)]);
    expect(idsOf(drain(store))).toEqual(ids(1, 40));
    await store.durable(40);
  });
});

describe("time and room", () => {
  it("drops what other processes left too long ago", async () => {
    const clock = fakeClock();
    const first = openStore({ clock });
    append(first, 1, 2);
    append(first, 3, 3, importances.kept);
    await first.close();
    const store = openStore({ clock: fakeClock({ now: clock.now() + 10_000 }) });
    store.adopt?.();
    expect(store.evict(-10_000)).toEqual([]);
    expect(store.evict(-9_999)).toMatchObject([{ reason: "expired", count: 2, positions: [] }]);
    expect(idsOf(drain(store))).toEqual(["test.3"]);
  });

  it("keeps the number of files", () => {
    const store = openStore({ segmentBytes: 1, maxFiles: 3 });
    append(store, 1, 5);
    expect(store.evict()).toMatchObject([{ reason: "capacity", count: 2, positions: [1, 2] }]);
    expect(filesIn(directory.path)).toHaveLength(3);
  });

  it("waits ten minutes for an owner on another host", () => {
    const store = openStore();
    append(store, 1, 1);
    rewriteOwner((owner) => owner.replace(/^[0-9a-f]{8}/, "00000000"));
    expect(openStore().adopt?.()).toBe(0);
    const later = { ...fakeClock({ now: Date.now() + 601_000 }) };
    expect(openStore({ clock: later }).adopt?.()).toBe(1);
  });
});

/** Makes every file here look as if its process had died. */
function abandon(): void {
  rewriteOwner((owner) => owner.replace(/\.\d+\.\d+\.(\d+)\.([0-9a-f]+)$/, ".999999999.1.$1.$2"));
}

function rewriteOwner(rewrite: (owner: string) => string): void {
  for (const file of filesIn(directory.path)) {
    const owner = parseSegmentName(basename(file))?.owner ?? "";
    renameSync(file, join(dirname(file), basename(file).replace(owner, rewrite(owner))));
  }
}
