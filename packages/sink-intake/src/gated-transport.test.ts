import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "@activity/core";
import type { FakeClock } from "@activity/core/testing";
import { fakeClock, recordingTransport, testBatch, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { GatedTransport, GateOptions } from "./gated-transport.ts";
import { gatedTransport } from "./gated-transport.ts";
import { RefusalCount } from "./refusal-count.ts";

const down: Verdict = { kind: "retry", reason: { code: "unreachable" }, scope: "destination" };
const delivered: Verdict = { kind: "delivered" };
const batch = testBatch(testEvents(1, 2).map(({ text }) => text));
const signal = new AbortController().signal;
let folder: string;
let clock: FakeClock;
/** Requests over all processes. */
let requests: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "activity-gate-"));
  clock = fakeClock({ random: () => 0.5 });
  requests = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a process that has just started sends through; its destination answers with these. */
function start(verdicts: readonly Verdict[], options: Partial<GateOptions> = {}): GatedTransport {
  const inner = recordingTransport({
    verdicts: () => verdicts[requests++ % verdicts.length] ?? delivered,
  });
  return gatedTransport(inner, { ...optionsOf(), ...options });
}

const send = (transport: GatedTransport): Promise<Verdict> => transport.send(batch, signal);
const paused = (afterMs: number): object => ({
  kind: "retry",
  reason: { code: "paused" },
  afterMs,
  scope: "destination",
  unsent: true,
});

describe("a destination that fails", () => {
  it("is left alone by the next process for as long as the back-off lasts", async () => {
    expect(await send(start([down]))).toEqual(down);
    expect(await send(start([delivered]))).toMatchObject(paused(100));
    await clock.advance(100);
    expect(await send(start([delivered]))).toEqual(delivered);
    expect([requests, readdirSync(folder)]).toEqual([2, []]);
  });

  it("hears of a thousand short processes a few times in ten minutes", async () => {
    for (let process = 0; process < 1_000; process++) {
      await send(start([down]));
      await clock.advance(600);
    }
    expect(requests).toBeGreaterThan(10);
    expect(requests).toBeLessThan(40);
  });

  it("is tried by one process when the wait is over, also when that one dies over it", async () => {
    await send(start([down]));
    await clock.advance(100);
    const probing = recordingTransport();
    probing.hold();
    const first = gatedTransport(probing, optionsOf());
    void send(first);
    expect(await send(start([delivered]))).toMatchObject(paused(4_000));
    await clock.advance(4_000);
    expect(await send(start([delivered]))).toEqual(delivered);
  });

  it("is tried again by the process that failed as its outbox thinks fit", async () => {
    const transport = start([down, delivered]);
    await send(transport);
    expect(await send(transport)).toEqual(delivered);
  });

  it("is tried at once by a process for which somebody waits, unless it asked for the pause itself", async () => {
    await send(start([down]));
    expect(await send(start([{ ...down, afterMs: 7_000 }], { impatient: true }))).toMatchObject(down);
    expect(await send(start([delivered], { impatient: true }))).toMatchObject(paused(7_000));
  });

  it("is left alone by short processes although it asks each to come at once", async () => {
    for (let process = 0; process < 1_000; process++) {
      await send(start([{ ...down, afterMs: 0 }]));
      await clock.advance(600);
    }
    expect(requests).toBeGreaterThan(10);
    expect(requests).toBeLessThan(40);
  });

  it("is tried at once by a process for which somebody waits, where the rest of the pause is the own", async () => {
    await send(start([{ ...down, afterMs: 0 }]));
    await send(start([{ ...down, afterMs: 0 }]));
    expect(await send(start([delivered]))).toMatchObject(paused(200));
    expect(await send(start([delivered], { impatient: true }))).toEqual(delivered);
  });

  it("is told how often it refused in a row, over processes", async () => {
    const counted: number[] = [];
    for (let process = 0; process < 3; process++) {
      const refusals = new RefusalCount();
      const inner = recordingTransport({
        verdicts: () => {
          counted.push(refusals.count(401));
          return { ...down, afterMs: 900_000, attention: true };
        },
      });
      await send(gatedTransport(inner, { ...optionsOf(), refusals }));
      await clock.advance(900_000);
    }
    expect(counted).toEqual([1, 2, 3]);
  });

  it.each(["", "{", "[]", '{"untilMs":1e99,"failures":1}', '{"untilMs":null,"failures":1}'])(
    "is not left alone because of a damaged file: %j",
    async (text) => {
      writeFileSync(join(folder, "pause.json"), text);
      expect(await send(start([delivered]))).toEqual(delivered);
    },
  );

  it("is left alone by nobody where nothing can be kept", async () => {
    const nowhere = join(folder, "file", "folder");
    writeFileSync(join(folder, "file"), "");
    for (const place of [nowhere, undefined]) {
      await send(start([down], { folder: place }));
      expect(await send(start([down], { folder: place }))).toEqual(down);
    }
  });
});

describe("telemetry that is switched off", () => {
  it("at the destination, is not asked about again for a day, by any process", async () => {
    expect(await send(start([{ kind: "denied" }]))).toEqual({ kind: "denied" });
    await clock.advance(86_399_999);
    expect(await send(start([delivered]))).toEqual({ kind: "denied" });
    await clock.advance(1);
    expect(await send(start([delivered]))).toEqual(delivered);
    expect(requests).toBe(2);
  });

  it("on this machine, sends nothing from that moment", async () => {
    let on: boolean | undefined = true;
    const transport = start([delivered], { allowed: () => on });
    expect(await send(transport)).toEqual(delivered);
    on = undefined;
    expect(await send(transport)).toMatchObject({ kind: "retry", unsent: true, scope: "destination" });
    on = false;
    expect(await send(transport)).toEqual({ kind: "denied" });
    expect(requests).toBe(1);
  });
});

it("sends nothing when it is sealed, and knows what is under way", async () => {
  const inner = recordingTransport();
  inner.hold();
  const transport = gatedTransport(inner, optionsOf());
  const sending = send(transport);
  expect(transport.busy).toBe(1);
  transport.seal();
  expect(await send(transport)).toMatchObject({ kind: "retry", unsent: true });
  inner.release();
  expect([await sending, transport.busy]).toEqual([delivered, 0]);
});

function optionsOf(): GateOptions {
  return {
    folder,
    clock,
    retry: { baseMs: 200, capMs: 60_000 },
    attemptMs: 4_000,
    refusals: new RefusalCount(),
    allowed: () => true,
    impatient: false,
  };
}
