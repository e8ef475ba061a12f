import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Importance, Problem } from "@activity/core";
import { fakeClock, testEvent } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { clearSpools } from "./clear-spools.ts";
import { createOwner, formatOwner } from "./owner.ts";
import { formatSegmentName, parseSegmentName } from "./segment-name.ts";
import { spoolFolder } from "./spool-folder.ts";
import type { SpoolStore } from "./spool-options.ts";
import { createSpoolStore } from "./spool-store.ts";

let directory: string;
let folder: string;
const problems: Problem[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "activity-merge-"));
  folder = spoolFolder({ directory, destination: "here" }) ?? "";
  problems.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (options: object = {}): SpoolStore =>
  createSpoolStore({
    directory,
    destination: "here",
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
const segments = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => parseSegmentName(file) !== undefined)
    .toSorted();
const textOf = (n: number): string => testEvent(n).text;

/** Leaves one segment a command, with one event each. */
async function leave(
  from: number,
  to: number,
  { lane = 0, importance = 3 }: { readonly lane?: number; readonly importance?: Importance } = {},
): Promise<void> {
  // Names begin with the time, so that the order of what is begun within one millisecond is anybody's.
  for (let n = from; n <= to; n++) {
    const store = open({ clock: fakeClock({ now: 1_000_000 + n }) });
    store.append(textOf(n), lane, importance);
    await store.close();
  }
}

/** Everything that is in the store, in the order in which it is lent. */
function takeAll(store: SpoolStore): readonly string[] {
  const texts: string[] = [];
  for (;;) {
    const lease = store.lease(() => true, true);
    if (lease === undefined || lease === "loading") return texts;
    texts.push(...new TextDecoder().decode(lease.bytes).split("\n").slice(0, -1));
    store.settle(lease, []);
  }
}

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => textOf(from + index));

describe("many small segments", () => {
  it("are left as they are as long as they are few", async () => {
    await leave(1, 32);
    expect(open().adopt?.()).toBe(32);
    expect(segments()).toHaveLength(32);
  });

  it("become one that holds the same events in the same order", async () => {
    await leave(1, 40);
    const store = open();
    expect(store.adopt?.()).toBe(40);
    expect(segments()).toHaveLength(1);
    expect(store.usage.events).toBe(40);
    expect(takeAll(store)).toEqual(numbers(1, 40));
    expect(readdirSync(folder)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("stay within the bounds of a folder, however many commands there are", async () => {
    for (let n = 1; n <= 150; n++) {
      const store = open({ maxFiles: 45 });
      store.adopt?.();
      store.append(textOf(n), 0, 3);
      expect(store.evict()).toEqual([]);
      await store.close();
    }
    expect(segments().length).toBeLessThanOrEqual(40);
    const store = open();
    expect(store.adopt?.()).toBe(150);
    expect(takeAll(store).toSorted()).toEqual(numbers(1, 150).toSorted());
  });

  it("are merged with their own kind only, and are no larger than a segment may be", async () => {
    await leave(1, 20, { importance: 3 });
    await leave(21, 40, { importance: 5 });
    await leave(41, 60, { lane: 7 });
    const segmentBytes = textOf(1).length * 12;
    const store = open({ segmentBytes });
    store.adopt?.();
    const found = segments().map((file) => ({
      ...parseSegmentName(file),
      size: readFileSync(join(folder, file)).length,
    }));
    const kinds = found
      .filter(({ count = 0 }) => count > 1)
      .map(({ lane, importance }) => `${lane}/${importance}`);
    expect([...new Set(kinds)].toSorted()).toEqual(["0/3", "0/5", "7/3"]);
    expect(Math.max(...found.map(({ size }) => size))).toBeLessThanOrEqual(segmentBytes);
    expect(takeAll(store).toSorted()).toEqual(numbers(1, 60).toSorted());
  });

  it("are not merged across one that cannot be, so that the order stays", async () => {
    await leave(1, 40);
    const torn = segments()[19] ?? "";
    writeFileSync(join(folder, torn), "half", { flag: "a" });
    const name = parseSegmentName(torn);
    if (name === undefined) throw new Error("it is a segment");
    renameSync(join(folder, torn), join(folder, formatSegmentName({ ...name, count: undefined })));
    const store = open();
    store.adopt?.();
    expect(segments()).toHaveLength(3);
    expect(takeAll(store)).toEqual(numbers(1, 40));
    expect(problems).toMatchObject([{ code: "dropped", count: 1, reason: { code: "corrupt" } }]);
  });

  it("expire when the youngest of them would, not earlier", async () => {
    await leave(1, 40);
    const store = open({ clock: fakeClock({ now: 1_000_000 + 100 }) });
    store.adopt?.();
    expect(store.oldestMs()).toBe(60);
  });

  it("do not bring back what was settled", async () => {
    await leave(1, 40);
    const first = open({ lease: { maxEvents: 10, maxBytes: 1_000_000 } });
    first.adopt?.();
    const lease = first.lease(() => true, true);
    if (lease === undefined || lease === "loading") throw new Error("there is something");
    first.settle(lease, [3]);
    await first.close();
    await leave(41, 80);
    const second = open();
    second.adopt?.();
    expect(takeAll(second)).toEqual([textOf(4), ...numbers(11, 80)]);
  });
});

describe("a merge over which its process died", () => {
  // Of another start of this machine.
  const owner = formatOwner({ ...createOwner(), boot: "ffffffff" });
  const whole = { creator: "0123456789ab", number: 9 };

  /** Two parts, and their whole, which had appeared or had not. */
  function begin({ appeared }: { readonly appeared: boolean }): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const common = { createdMs: 1_000, lane: 0, importance: 3, offset: 0, state: "pending", owner } as const;
    for (const n of [1, 2]) {
      const file = formatSegmentName({ ...common, creator: "ba9876543210", number: n, count: 1 });
      writeFileSync(join(folder, `${file}.into-${whole.creator}-${whole.number}`), `${textOf(n)}\n`);
    }
    const file = formatSegmentName({ ...common, ...whole, count: 2 });
    writeFileSync(join(folder, appeared ? file : `${file}.tmp`), `${textOf(1)}\n${textOf(2)}\n`);
  }

  it.each([true, false])(
    "is finished or undone by whoever comes next; the whole had appeared: %s",
    (appeared) => {
      begin({ appeared });
      const store = open();
      expect(store.adopt?.()).toBe(2);
      expect(segments()).toHaveLength(appeared ? 1 : 2);
      expect(readdirSync(folder)).toHaveLength(appeared ? 1 : 2);
      expect(takeAll(store)).toEqual(numbers(1, 2));
    },
  );

  it.each([true, false])(
    "leaves nothing that clearing would miss; the whole had appeared: %s",
    (appeared) => {
      begin({ appeared });
      expect(clearSpools(directory)).toBe(2);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
