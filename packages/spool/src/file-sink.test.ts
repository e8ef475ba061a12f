import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Problem, Sink } from "@activity/core";
import { audit, systemClock } from "@activity/core";
import { describeSinkContract, fakeClock, testEvent, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { FileSinkOptions } from "./index.ts";
import { createSpoolStore, fileSink, readSegments } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let problems: Problem[];

beforeEach(() => {
  directory = temporaryDirectory();
  problems = [];
});
afterEach(() => directory.remove());

function openSink(options: Partial<FileSinkOptions> = {}): Sink {
  return fileSink({ directory: directory.path, onProblem: (problem) => problems.push(problem), ...options });
}

async function found(path = directory.path): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of readSegments(path)) texts.push(text);
  return texts;
}

it("stays in its directory when the program moves to another", async () => {
  const before = process.cwd();
  process.chdir(directory.path);
  try {
    const sink = openSink({ directory: "events", maxFileBytes: 1 });
    sink.record(testEvent(1));
    mkdirSync("within");
    process.chdir("within");
    sink.record(testEvent(2));
    await sink.close();
    expect(readdirSync(directory.path).toSorted()).toEqual(["events", "within"]);
    expect([readdirSync("."), idsOf(await found(join(directory.path, "events")))]).toEqual([
      [],
      idsOfEvents(1, 2),
    ]);
  } finally {
    process.chdir(before);
  }
});

const idsOfEvents = (from: number, to: number): string[] =>
  testEvents(from, to)
    .map(({ event_id: id }) => id)
    .toSorted();

describeSinkContract({
  name: "a file sink",
  kit: { describe, expect, it },
  immediate: true,
  create: () => {
    const { path, remove } = temporaryDirectory();
    return {
      sink: fileSink({ directory: path, maxFileBytes: 500 }),
      arrived: () => found(path),
      pass: (ms) => systemClock.sleep(Math.min(ms, 5)),
      dispose: remove,
    };
  },
});

describe("a file sink", () => {
  it("has an event on disk when record returns, in a file that only its owner can read", async () => {
    const sink = openSink({ directory: join(directory.path, "data") });
    sink.record(testEvent(1));
    expect(await found()).toEqual([testEvent(1).text]);
    const [file = ""] = readdirSync(join(directory.path, "data"));
    expect(statSync(join(directory.path, "data")).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory.path, "data", file)).mode & 0o777).toBe(0o600);
    await sink.close();
  });

  it("begins a new file for each day and so many bytes", async () => {
    const clock = fakeClock({ now: Date.UTC(2025, 0, 1, 23, 59) });
    const sink = openSink({ clock, maxFileBytes: 250 });
    for (const event of testEvents(1, 3)) sink.record(event);
    await clock.advance(60_000);
    sink.record(testEvent(4));
    await sink.write(testEvents(5, 9));
    await sink.close();
    const days = readdirSync(directory.path).map((name) => name.slice(0, "events-2025-01-01".length));
    expect(days.toSorted()).toEqual([
      "events-2025-01-01",
      "events-2025-01-01",
      "events-2025-01-02",
      "events-2025-01-02",
    ]);
    expect(idsOf(await found())).toEqual(testEvents(1, 9).map(({ event_id: id }) => id));
  });

  it("compresses what is full, and at its end the rest, when asked to", async () => {
    const sink = openSink({ gzip: true, maxFileBytes: 2_000 });
    for (const event of testEvents(1, 100)) sink.record(event);
    await sink.flush();
    expect(idsOf(await found()).toSorted()).toEqual(idsOfEvents(1, 100));
    await sink.close();
    const files = readdirSync(directory.path);
    expect(files.filter((file) => !file.endsWith(".ndjson.gz"))).toEqual([]);
    expect(files.length).toBeGreaterThan(3);
    const texts = files.map((file) => gunzipSync(readFileSync(join(directory.path, file))).toString("utf8"));
    expect(texts.join("").split("\n")).toHaveLength(101);
    expect(idsOf(await found()).toSorted()).toEqual(idsOfEvents(1, 100));
    expect(problems).toEqual([]);
  });

  it("leaves a file as it is when its time is up before it is compressed", async () => {
    const sink = openSink({ gzip: true });
    for (const event of testEvents(1, 20_000)) sink.record(event);
    await sink.close({ timeoutMs: 1 });
    expect(readdirSync(directory.path)).toEqual([expect.stringMatching(/\.ndjson$/)]);
    expect(await found()).toHaveLength(20_000);
  });

  it("is read once where a crash left a file beside its compressed one", async () => {
    const sink = openSink();
    await sink.write(testEvents(1, 3));
    await sink.close();
    const [file = ""] = readdirSync(directory.path);
    writeFileSync(join(directory.path, `${file}.gz`), gzipSync(readFileSync(join(directory.path, file))));
    writeFileSync(join(directory.path, `${file}.gz.tmp`), "draft");
    expect(await found()).toHaveLength(3);
  });

  it("says when a compressed file is damaged", async () => {
    writeFileSync(join(directory.path, "events.ndjson.gz"), gzipSync("{}\n".repeat(1_000)).subarray(0, 20));
    await expect(found()).rejects.toThrow("unexpected end of file");
  });

  it("shares its directory with others, each in a file of its own", async () => {
    const sinks = [openSink(), openSink(), openSink()];
    await Promise.all(
      sinks.map((sink, place) => sink.write(testEvents(1, 100, { source: `source${place}` }))),
    );
    await Promise.all(sinks.map((sink) => sink.close()));
    expect(readdirSync(directory.path)).toHaveLength(3);
    expect(await audit((await found()).map((text) => JSON.parse(text)))).toMatchObject({
      events: 300,
      duplicated: 0,
      lost: 0,
    });
  });

  it("answers many writes at once when they are durable", async () => {
    const sink = openSink({ maxFileBytes: 2_000 });
    const writes = testEvents(1, 200).map((event) => sink.write([event], { until: "durable" }));
    expect(sink.stats().pending).toBe(200);
    for (const outcome of await Promise.all(writes))
      expect(outcome).toEqual({ state: "done", reached: "durable" });
    expect(sink.stats()).toMatchObject({ recorded: 200, delivered: 200, pending: 0 });
    expect(await found()).toHaveLength(200);
    await sink.close();
  });

  it("says that it does not know when a write is given up before its sync", async () => {
    const sink = openSink();
    const stop = new AbortController();
    const writing = sink.write(testEvents(1, 2), { until: "durable", signal: stop.signal });
    stop.abort();
    expect(await writing).toEqual({
      state: "done",
      reached: "durable",
      except: [0, 1].map((index) => ({ index, was: "unknown", reason: { code: "aborted" } })),
    });
    expect(await sink.close()).toMatchObject({ recorded: 2, delivered: 2, pending: 0 });
  });

  it("refuses what the disk does not take, tells it once and takes it later", async () => {
    const path = join(directory.path, "data");
    writeFileSync(path, "");
    const sink = openSink({ directory: path });
    sink.record(testEvent(1));
    expect(await sink.write(testEvents(2, 3))).toMatchObject({
      state: "refused",
      reason: { code: "disk_refused" },
      retryAfterMs: 1_000,
    });
    expect(problems.map(({ code }) => code)).toEqual(["store", "dropped"]);
    expect(sink.stats()).toMatchObject({ recorded: 1, dropped: 1, droppedBy: { undeliverable: 1 } });
    rmSync(path);
    expect(await sink.write(testEvents(2, 3))).toEqual({ state: "done", reached: "delivered" });
    expect(await sink.close()).toMatchObject({ recorded: 3, delivered: 2, dropped: 1 });
  });

  it.each([{ directory: "" }, { maxFileBytes: 0 }, { maxFileBytes: Number.NaN }])(
    "does not take %j",
    (options) => {
      expect(() => openSink(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    },
  );
});

describe("reading segments", () => {
  it("passes over a line that its writer did not finish", async () => {
    const sink = openSink();
    sink.record(testEvent(1));
    await sink.close();
    const [file = ""] = readdirSync(directory.path);
    appendFileSync(join(directory.path, file), '{"event_id":"te');
    expect(await found()).toEqual([testEvent(1).text]);
  });

  it("finds nothing where there is no directory", async () => {
    expect(await found(join(directory.path, "none"))).toEqual([]);
  });

  it("reads lines that are longer than any buffer", async () => {
    const event = testEvent(1, { fill: "é".repeat(30_000) });
    const sink = openSink();
    for (let n = 0; n < 5; n++) sink.record(event);
    await sink.close();
    expect(await found()).toEqual(Array.from({ length: 5 }, () => event.text));
  });

  it("reads what waits in a spool, without what is settled", async () => {
    const lease = { maxEvents: 2, maxBytes: 10_000 };
    const store = createSpoolStore({ directory: directory.path, destination: "test", lease });
    for (const { text } of testEvents(1, 5)) store.append(text, 0, 3);
    const first = store.lease(() => true, true);
    if (first !== undefined && first !== "loading") store.settle(first, []);
    expect(idsOf(await found())).toEqual(["test.3", "test.4", "test.5"]);
  });

  it("reads the newest file first when asked to", async () => {
    const clock = fakeClock();
    const sink = openSink({ clock, maxFileBytes: 1 });
    for (const event of testEvents(1, 3)) sink.record(event);
    await sink.write([testEvent(4)]);
    const texts: string[] = [];
    for await (const text of readSegments(directory.path, { files: "newest first" })) texts.push(text);
    expect(idsOf(texts)).toEqual(["test.4", "test.3", "test.2", "test.1"]);
  });

  it("passes over a file that is removed while others are read", async () => {
    const clock = fakeClock();
    const sink = openSink({ clock, maxFileBytes: 1 });
    for (const event of testEvents(1, 2)) sink.record(event);
    await sink.write([testEvent(3)]);
    const texts: string[] = [];
    for await (const text of readSegments(directory.path)) {
      texts.push(text);
      const [, second = ""] = readdirSync(directory.path).filter((name) => name.endsWith(".ndjson"));
      if (texts.length === 1) rmSync(join(directory.path, second));
    }
    expect(idsOf(texts)).toEqual(["test.1", "test.3"]);
  });

  it("calls nothing durable that stands in a file which somebody has removed, and goes on in a new one", async () => {
    const folder = join(directory.path, "data");
    const sink = openSink({ directory: folder });
    expect(await sink.write([testEvent(1)])).toEqual({ state: "done", reached: "delivered" });
    rmSync(folder, { recursive: true });
    const lost = await sink.write([testEvent(2)]);
    expect(lost).toMatchObject({ state: "done", except: [{ index: 0, was: "unknown" }] });
    expect(await sink.write([testEvent(2)])).toEqual({ state: "done", reached: "delivered" });
    expect(idsOf(await found(folder))).toEqual(["test.2"]);
    expect(problems).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("was removed by somebody else") }),
    );
    expect(await sink.close()).toMatchObject({ recorded: 3, delivered: 2, dropped: 1, pending: 0 });
  });
});
