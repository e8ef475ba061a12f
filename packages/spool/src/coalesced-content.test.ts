import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { importances } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { drain, filesIn, idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { SpoolStore } from "./index.ts";
import { createSpoolStore } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let problems: string[];
beforeEach(() => {
  directory = temporaryDirectory();
  problems = [];
});
afterEach(() => directory.remove());

function open(): SpoolStore {
  const onProblem = ({ code }: { readonly code: string }): number => problems.push(code);
  return createSpoolStore({ directory: directory.path, destination: "test", write: "tick", onProblem });
}

function append(store: SpoolStore, from: number, to: number): void {
  for (const { text } of testEvents(from, to)) store.append(text, 0, importances.behavioral);
}

function written(): string {
  return filesIn(directory.path)
    .map((file) => readFileSync(file, "utf8"))
    .join("");
}

const linesOf = (from: number, to: number): string =>
  testEvents(from, to)
    .map(({ text }) => `${text}\n`)
    .join("");

describe("a spool that writes by the tick", () => {
  it("writes what came in one run of code together, right after it", async () => {
    const store = open();
    append(store, 1, 100);
    expect(written()).toBe("");
    await Promise.resolve();
    expect(written()).toBe(linesOf(1, 100));
    append(store, 101, 102);
    await Promise.resolve();
    expect(written()).toBe(linesOf(1, 102));
  });

  it("has written before it syncs, leases and closes", async () => {
    const store = open();
    append(store, 1, 1);
    await store.durable(1);
    expect(written()).toBe(linesOf(1, 1));
    append(store, 2, 2);
    expect(idsOf(drain(store))).toEqual(["test.1", "test.2"]);
    append(store, 3, 3);
    const closing = store.close();
    expect(written()).toBe(linesOf(3, 3));
    await closing;
  });

  it("does without a file for what is settled in the same run of code", async () => {
    const store = open();
    append(store, 1, 3);
    drain(store);
    await Promise.resolve();
    expect([filesIn(directory.path), problems]).toEqual([[], []]);
  });

  it("keeps in memory what the disk refuses, and puts it away at close when it can", async () => {
    const store = open();
    append(store, 1, 2);
    await Promise.resolve();
    rmSync(directory.path, { recursive: true });
    writeFileSync(directory.path, "");
    store.lease(() => true, true);
    append(store, 3, 4);
    await Promise.resolve();
    expect([store.survives, problems]).toEqual([false, ["store", "dropped"]]);
    rmSync(directory.path);
    mkdirSync(directory.path);
    expect(store.preserve?.()).toBe(0);
    expect(store.survives).toBe(true);
    await store.close();
    const next = open();
    expect(next.adopt?.()).toBe(2);
    expect(idsOf(drain(next))).toEqual(["test.3", "test.4"]);
  });
});
