import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerSnapshot, Problem, Sink } from "@activity/core";
import { systemClock } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Behaviour, TestIntake } from "../test/test-intake.ts";
import { startTestIntake } from "../test/test-intake.ts";
import type { IntakeSinkOptions } from "./index.ts";
import { intakeSink } from "./index.ts";

/** What a busy machine may take longer: less than the 15 s that a request may. */
const slackMs = 10_000;
/** Enough for everything, on a machine that has other things to do. */
const patientMs = 60_000;
let directory: string;
let intake: TestIntake;
let problems: Problem[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "activity-sink-"));
  intake = await startTestIntake();
  problems = [];
});
afterEach(async () => {
  await intake.close();
  rmSync(directory, { recursive: true, force: true });
});

function openSink(options: Partial<IntakeSinkOptions> = {}): Sink {
  return intakeSink({
    url: intake.url,
    writeKey: "wk_1",
    directory,
    lingerMs: 20,
    retry: { baseMs: 20, capMs: 200 },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
}

function record(sink: Sink, count: number): void {
  for (const event of testEvents(1, count)) sink.record(event);
}

async function timedClose(
  sink: Sink,
  timeoutMs: number,
): Promise<LedgerSnapshot & { readonly tookMs: number }> {
  const begun = systemClock.monotonic();
  const ledger = await sink.close({ timeoutMs });
  return { ...ledger, tookMs: systemClock.monotonic() - begun };
}

const distinct = (): number => new Set(intake.arrived).size;

describe.each([true, false])("a fault that passes, with a spool: %s", (spooled) => {
  it.each<[name: string, faults: readonly Behaviour[], repeats: number]>([
    ["500 three times", [{ status: 500 }, { status: 500 }, { status: 500 }], 0],
    ["429 that asks for 0 s", [{ status: 429, headers: { "retry-after": "0" } }], 0],
    ["a broken connection", ["reset"], 0],
    ["a lost answer", ["lost"], 1_000],
  ])("%s", async (_, faults, repeats) => {
    intake.script = [...faults];
    const sink = openSink({ ...(spooled ? { directory } : { mode: "memory" as const }), maxInFlight: 1 });
    record(sink, 1_000);
    const closed = await sink.close({ timeoutMs: patientMs });
    expect(closed).toMatchObject({ recorded: 1_000, delivered: 1_000, pending: 0, dropped: 0 });
    expect([distinct(), intake.arrived.length]).toEqual([1_000, 1_000 + repeats]);
    expect(problems).toEqual([]);
  });

  it("413 above 5 events: halves until every event has arrived", async () => {
    intake.always = ({ texts }) => (texts.length > 5 ? { status: 413 } : undefined);
    const sink = openSink({ ...(spooled ? { directory } : { mode: "memory" as const }) });
    record(sink, 100);
    await sink.flush({ timeoutMs: patientMs });
    expect(await sink.close()).toMatchObject({ delivered: 100, rejected: 0 });
    expect([distinct(), intake.arrived.length]).toEqual([100, 100]);
  });

  it("413 that says how many events it takes: sends no more than so many", async () => {
    const body = JSON.stringify({ max_events: 5, max_body_bytes: 1_048_576 });
    const refusal = { status: 413, headers: { "content-type": "application/problem+json" }, body };
    intake.always = ({ texts }) => (texts.length > 5 ? refusal : undefined);
    const sink = openSink({ ...(spooled ? { directory } : { mode: "memory" as const }), maxInFlight: 1 });
    record(sink, 1_000);
    await sink.flush({ timeoutMs: patientMs });
    expect(await sink.close()).toMatchObject({ delivered: 1_000, rejected: 0 });
    expect(distinct()).toBe(1_000);
    // One batch was too large; the second one was cut when the server had said so.
    expect(intake.requests).toHaveLength(200 + 1);
  });

  it("413 for one event: rejects that one", async () => {
    intake.always = ({ texts }) =>
      texts.some((text) => text.includes('"test.7"')) ? { status: 413 } : undefined;
    const sink = openSink({ ...(spooled ? { directory } : { mode: "memory" as const }) });
    record(sink, 20);
    expect(await sink.close({ timeoutMs: patientMs })).toMatchObject({ rejected: 1, pending: 0, dropped: 0 });
    const ids = intake.arrived.map((text) => (JSON.parse(text) as { event_id: string }).event_id);
    expect(ids.filter((id) => id.startsWith("test."))).toHaveLength(19);
    // The number that will not arrive is named, by a source that is closed.
    expect(intake.arrived.filter((text) => text.includes('"events_dropped"'))).toHaveLength(1);
    expect(problems).toMatchObject([{ code: "rejected", count: 1, reason: { code: "too_large" } }]);
  });
});

describe("a fault that lasts", () => {
  it.each<[name: string, fault: Behaviour, timeoutMs: number]>([
    ["503", { status: 503 }, 400],
    ["429 with Retry-After", { status: 429, headers: { "retry-after": "2" } }, 400],
    ["no answer", "stall", 2_000],
    ["a broken connection", "reset", 400],
  ])("%s: close keeps its time, and the next start delivers everything once", async (_, fault, timeoutMs) => {
    intake.always = () => fault;
    const first = openSink();
    record(first, 1_000);
    const closed = await timedClose(first, timeoutMs);
    expect(closed).toMatchObject({ recorded: 1_000, handedOver: 1_000, delivered: 0, pending: 0 });
    expect(closed.tookMs).toBeLessThan(timeoutMs + slackMs);
    await untilServed();
    intake.always = undefined;
    intake.forget();
    const second = openSink();
    expect(second.stats().adopted).toBe(1_000);
    expect(await untilTrue(() => second.stats().delivered === 1_000)).toBe(true);
    expect(await second.close()).toMatchObject({ adopted: 1_000, delivered: 1_000, handedOver: 0 });
    expect([distinct(), intake.arrived.length]).toEqual([1_000, 1_000]);
    expect(problems).toEqual([]);
  });

  it("401: the next start sends nothing either, told once by each, until the key is another", async () => {
    intake.always = () => ({ status: 401 });
    const first = openSink();
    record(first, 10);
    expect(await untilTrue(() => problems.length > 0)).toBe(true);
    expect(await timedClose(first, 400)).toMatchObject({ handedOver: 10, delivered: 0 });
    intake.always = undefined;
    const second = openSink();
    record(second, 1);
    expect(await timedClose(second, 200)).toMatchObject({ adopted: 10, handedOver: 11, delivered: 0 });
    expect(intake.requests).toHaveLength(1);
    expect(problems).toMatchObject([{ code: "paused", reason: { code: "http_401" } }]);
    const other = openSink({ writeKey: "wk_2" });
    record(other, 1);
    expect(await other.close({ timeoutMs: patientMs })).toMatchObject({ adopted: 0, delivered: 1 });
  });

  it("403 consent_denied: drops what waits, counted and silent, and is not asked again", async () => {
    intake.always = () => ({ status: 403, body: { code: "consent_denied" } });
    const first = openSink();
    record(first, 1_000);
    expect(await first.flush({ timeoutMs: patientMs })).toMatchObject({
      dropped: 1_000,
      droppedBy: { consent: 1_000 },
      pending: 0,
    });
    record(first, 1);
    expect(await first.close()).toMatchObject({ droppedBy: { consent: 1_001 } });
    const second = openSink();
    record(second, 5);
    expect(await second.close()).toMatchObject({ adopted: 0, droppedBy: { consent: 5 } });
    expect([intake.requests.length, problems]).toEqual([1, []]);
  });

  it("429 with Retry-After: nothing is sent before it is over, not even by flush", async () => {
    intake.script = [{ status: 429, headers: { "retry-after": "1" } }];
    const times: number[] = [];
    intake.always = () => {
      times.push(systemClock.monotonic());
      return undefined;
    };
    const sink = openSink();
    record(sink, 10);
    expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({ delivered: 10 });
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
    await sink.close();
  });

  it("without a spool the rest is dropped, counted and told", async () => {
    intake.always = () => ({ status: 503 });
    const sink = openSink({ mode: "memory" });
    record(sink, 10);
    expect(await sink.close({ timeoutMs: 200 })).toMatchObject({ dropped: 10, droppedBy: { closed: 10 } });
    expect(problems).toMatchObject([{ code: "dropped", count: 10 }]);
  });
});

describe("the spool of a sink", () => {
  it("is kept apart by address and key", async () => {
    intake.always = () => ({ status: 503 });
    const first = openSink();
    record(first, 5);
    await first.close({ timeoutMs: 50 });
    intake.always = undefined;
    const other = openSink({ writeKey: "wk_2" });
    expect(other.stats().adopted).toBe(0);
    await other.close();
    const same = openSink();
    expect(same.stats().adopted).toBe(5);
    await same.close();
    expect(readdirSync(directory, { recursive: true }).join()).not.toContain("wk_");
  });

  it("stands in the platform's place for the state of the application", async () => {
    intake.always = () => ({ status: 503 });
    const sink = openSink({ directory: undefined, app: "shop", env: { XDG_STATE_HOME: directory } });
    record(sink, 1);
    await sink.close({ timeoutMs: 50 });
    expect(readdirSync(join(directory, "shop", "activity"))).toHaveLength(1);
  });

  it("answers a durable write while the intake is down, and keeps it when room is short", async () => {
    intake.always = () => ({ status: 503 });
    const first = openSink();
    expect(await first.write(testEvents(1, 100), { until: "durable" })).toEqual({
      state: "done",
      reached: "durable",
    });
    expect(first.stats()).toMatchObject({ recorded: 100, pending: 100, dropped: 0 });
    expect(await first.close({ timeoutMs: 50 })).toMatchObject({ handedOver: 100 });
    await untilServed();
    intake.always = undefined;
    const second = openSink();
    await untilTrue(() => second.stats().delivered === 100);
    await second.close();
    expect([distinct(), intake.arrived.length]).toEqual([100, 100]);
  });

  it("is required where it is asked for by name", () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    const open = (): Sink => openSink({ mode: "spool", directory: file });
    expect(open).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => openSink({ mode: "disk" as "spool" })).toThrow(/"disk"|disk/);
    expect(() => openSink({ directory: "" })).toThrow(/^directory is ""/);
  });

  it("is memory where there is no directory, which is told once", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    const sink = openSink({ directory: file });
    record(sink, 10);
    expect(await sink.close({ timeoutMs: patientMs })).toMatchObject({ delivered: 10 });
    expect(problems).toMatchObject([{ code: "store", reason: { code: "no_spool" } }]);
  });
});

async function untilTrue(condition: () => boolean): Promise<boolean> {
  for (let step = 0; step < 12_000 && !condition(); step++) await systemClock.sleep(5);
  return condition();
}

/** A request that was under way at close is still the fault's. Its bytes are here, and are read within a few turns. */
async function untilServed(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await systemClock.sleep(5);
}
