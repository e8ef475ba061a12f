import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem, Sink, StoredEvent } from "@activity/core";
import { audit, createClient, createOutbox, systemClock } from "@activity/core";
import { recordingTransport } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startClientProcess, stopProcesses, temporaryDirectory } from "../test/spool-fixtures.ts";
import { createSpoolStore, spoolFolder } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let folder: string;
let problems: Problem[];

beforeEach(() => {
  directory = temporaryDirectory();
  folder = spoolFolder({ directory: directory.path, destination: "test" }) ?? "";
  problems = [];
});
afterEach(async () => {
  await stopProcesses();
  directory.remove();
});

function start(): { readonly sink: Sink; arrived(): StoredEvent[] } {
  const transport = recordingTransport();
  const store = createSpoolStore({ directory: directory.path, destination: "test" });
  const sink = createOutbox(transport, store, {
    lingerMs: 0,
    onProblem: (problem) => problems.push(problem),
  });
  return { sink, arrived: () => transport.arrived.map((text) => JSON.parse(text)) };
}

/** Waits until what was adopted has been sent too; `close` does not. */
async function allSent(sink: Sink): Promise<void> {
  while (sink.stats().pending > 0) await systemClock.sleep(1);
  await sink.close();
}

function marks(): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(".mark"));
}

describe("the source of a process that was killed", () => {
  it("is ended by the next one, at the last event that it recorded", async () => {
    await startClientProcess(directory.path, { count: 25, fate: "held" });
    const { sink, arrived } = start();
    await sink.close();
    expect(await audit(arrived())).toMatchObject({
      events: 26,
      lost: 0,
      sources: [{ first: 1, last: 25, tail: "closed" }],
    });
    expect(arrived()).toContainEqual(
      expect.objectContaining({ event_name: "source_closed", last: 25, adopted: true }),
    );
    expect(sink.stats()).toMatchObject({ adopted: 25, recorded: 1, delivered: 26 });
    expect(readdirSync(folder)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("is ended at its last event although everything had been delivered", async () => {
    await startClientProcess(directory.path, { count: 25, fate: "delivered" });
    const { sink, arrived } = start();
    await sink.close();
    expect(arrived()).toMatchObject([{ event_name: "source_closed", last: 25 }]);
    expect(arrived()).toMatchObject([{ event_id: expect.stringMatching(/\.25\.closed$/) }]);
  });

  it("leaves numbers missing that it dropped and had not announced: an audit never takes them for fine", async () => {
    await startClientProcess(directory.path, { count: 200, fate: "held", maxEvents: 50 });
    const { sink, arrived } = start();
    await allSent(sink);
    const { lost, announced, sources } = await audit(arrived());
    const found = arrived().length - 1;
    expect(found).toBeGreaterThanOrEqual(50);
    expect([lost, announced]).toEqual([200 - found, 0]);
    expect(sources).toMatchObject([
      { last: 200, tail: "closed", unexplained: [{ from: 1, to: 200 - found }] },
    ]);
  });

  it("is not ended where lines may have been in memory when it died", async () => {
    await startClientProcess(directory.path, { count: 5, fate: "held", write: "tick" });
    const { sink, arrived } = start();
    await allSent(sink);
    expect(await audit(arrived())).toMatchObject({ events: 5, sources: [{ tail: "open" }] });
  });

  it("is not ended where the machine was started anew since", async () => {
    await startClientProcess(directory.path, { count: 5, fate: "held" });
    for (const file of readdirSync(folder))
      renameSync(
        join(folder, file),
        join(folder, file.replace(/([0-9a-f]{8})\.[0-9a-f]{8}\./, "$1.00000001.")),
      );
    const { sink, arrived } = start();
    await allSent(sink);
    expect(await audit(arrived())).toMatchObject({ events: 5, sources: [{ tail: "open" }] });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is ended under the same id by whoever comes after one that died over it", async () => {
    await startClientProcess(directory.path, { count: 5, fate: "held" });
    const store = createSpoolStore({ directory: directory.path, destination: "test" });
    expect(store.adopt?.()).toBe(5);
    const named: unknown[] = [];
    store.ended?.(({ name, last }) => named.push([name, last]));
    store.ended?.(() => named.push("again"));
    expect(named).toEqual([[expect.any(String), 5]]);
  });

  it("is left alone while it lives", async () => {
    const child = await startClientProcess(directory.path, { count: 5, fate: "stay" });
    const { sink, arrived } = start();
    await sink.close();
    expect(arrived()).toEqual([]);
    expect(marks()).toHaveLength(1);
    await child.stop();
  });
});

describe("a mark", () => {
  it("is there from the first event until a clean close", async () => {
    const { sink, arrived } = start();
    const client = createClient({ sink });
    expect(readdirSync(directory.path)).toEqual([]);
    client.track("start");
    expect(marks()).toHaveLength(1);
    await client.close();
    expect(marks()).toEqual([]);
    expect(arrived()).toMatchObject([{ event_name: "start" }, { event_name: "source_closed", last: 2 }]);
  });

  it("is not made for events that were numbered elsewhere", async () => {
    const { sink } = start();
    const client = createClient({ sink });
    client.forward({
      event_id: "page.1",
      event_time: "2026-01-02T03:04:05Z",
      event_type: "t",
      event_name: "n",
    });
    expect(marks()).toEqual([]);
    await client.close();
  });

  it("goes when events have to stay in memory, since nobody could tell the last number then", () => {
    mkdirSync(folder, { recursive: true });
    const store = createSpoolStore({
      directory: directory.path,
      destination: "test",
      segmentBytes: 1,
      onProblem: (problem) => problems.push(problem),
    });
    store.begin?.({ name: "source", last: 1 });
    store.append('{"event_id":"source.1"}', 0, 3);
    expect(marks()).toHaveLength(1);
    directory.remove();
    writeFileSync(directory.path, "");
    store.append('{"event_id":"source.2"}', 0, 3);
    expect(problems).toMatchObject([{ code: "store" }]);
    directory.remove();
    mkdirSync(folder, { recursive: true });
    store.begin?.({ name: "source", last: 3 });
    expect(marks()).toEqual([]);
  });
});
