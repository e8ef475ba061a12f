import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NumberedSource } from "@activity/core";
import { createEvent, importances, sourceOf, systemClock } from "@activity/core";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { SpoolStore } from "./index.ts";
import { createSpoolStore, SpoolJournal, spoolFolder } from "./index.ts";

let directory: string;
let folder: string;
let journal: SpoolJournal;
const source = { name: "source", last: 0 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "spool-"));
  folder = spoolFolder({ directory, destination: "test" }) ?? "";
  journal = new SpoolJournal({ folder, clock: systemClock });
  source.last = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (): SpoolStore => createSpoolStore({ directory, destination: "test" }, journal.rest());
const textOf = (n: number): string =>
  createEvent({ type: "behavioral", name: "step", id: `source.${n}`, attributes: { n } }).text;
const files = (): readonly string[] => readdirSync(folder).sort();
const leased = (store: SpoolStore): string =>
  Buffer.from((store.lease(() => true, true) as { bytes: Uint8Array }).bytes).toString(); // Something waits.

function append(count: number): string {
  const texts = Array.from({ length: count }, () => textOf(++source.last));
  for (const text of texts) {
    journal.begin(source);
    journal.append(text, importances.behavioral);
  }
  return texts.map((text) => `${text}\n`).join("");
}

it("writes an event before append returns", () => {
  const lines = append(3);
  const [segment = "", mark] = files();
  expect(readFileSync(join(folder, segment), "utf8")).toBe(lines);
  expect(segment).toMatch(/^\d+-[0-9a-f]{12}-1-l0-i3-cx-o0-open-/);
  expect(mark).toMatch(/^source-\d-.*-source\.mark$/);
});

it("leaves to the next process what a spool would", () => {
  const lines = append(3);
  journal.leave();
  expect(files()).toEqual([expect.stringMatching(/-l0-i3-c3-o0-pending-nobody\.ndjson$/)]);
  const next = createSpoolStore({ directory, destination: "test" });
  expect(next.adopt?.()).toBe(3);
  expect(leased(next)).toBe(lines);
});

it("hands everything over to a spool of the same process, which carries on under the same owner", async () => {
  const lines = append(3);
  const before = files();
  const store = open();
  journal.release();
  expect(store.entered).toBe(3);
  expect(store.adopt?.()).toBe(0);
  expect(files()).toEqual(before);
  const text = textOf(++source.last);
  expect(store.append(text, 0, importances.behavioral)).toBe(4);
  const owners = files().map((name) => /[0-9a-f]{12}(?=-source|\.ndjson)/.exec(name)?.[0]);
  expect(new Set(owners).size).toBe(1);
  await store.durable(4);
  expect(leased(store)).toBe(`${lines}${text}\n`);
  expect(files().filter((name) => name.endsWith(".mark"))).toEqual([expect.stringMatching(/^source-4-/)]);
});

it("keeps its events apart by importance, and begins another file when one is full", () => {
  append(1);
  const long = createEvent({
    type: "log",
    name: "x",
    id: "log.1",
    attributes: { text: "x".repeat(30_000) },
  }).text;
  for (let n = 0; n < 10; n++) journal.append(long, importances.log);
  expect(files().map((name) => /-i(\d)-c(\w+)-o0-(\w+)/.exec(name)?.slice(1, 4).join(" "))).toEqual(
    expect.arrayContaining(["3 x open", "2 9 pending", "2 x open"]),
  );
  const store = open();
  expect(store.usage.events).toBe(11);
});

it("deletes everything", () => {
  append(3);
  journal.discard();
  expect(files()).toEqual([]);
});

it("says that the disk takes nothing, and proves nothing then", () => {
  mkdirSync(directory, { recursive: true });
  const below = new SpoolJournal({ folder: "/dev/null/x", clock: systemClock });
  below.begin(source);
  expect(() => below.append(textOf(1), importances.behavioral)).toThrow();
  expect([below.events, below.rest().marks]).toEqual([0, undefined]);
});

it("takes no more than a spool may hold", () => {
  const text = "x".repeat(1_048_575);
  for (let n = 0; n < 64; n++) journal.append(text, importances.log);
  expect(() => journal.append("{}", importances.log)).toThrow("the spool is full");
  const bytes = files().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect([bytes, journal.events, open().usage.events]).toEqual([67_108_864, 64, 64]);
});

it("knows when a folder holds so much that its limits must be looked at", () => {
  append(1);
  expect(journal.isCrowded()).toBe(false);
  for (let n = 0; n < 64; n++) {
    const other = new SpoolJournal({ folder, clock: systemClock });
    other.append(textOf(1), importances.behavioral);
    other.leave();
  }
  expect(journal.isCrowded()).toBe(true);
});

it("tells of sources through events of every copy of the package", () => {
  const numbered: NumberedSource | undefined = sourceOf(createEvent({ type: "log", name: "x" }));
  expect(numbered).toBe(undefined);
});
