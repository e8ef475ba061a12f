import { describe, expect, it } from "@jest/globals";
import type { Verdict } from "../ports/transport.ts";
import { recordingTransport } from "./recording-transport.ts";
import { testBatch } from "./test-batch.ts";

const never = new AbortController().signal;
const retry: Verdict = { kind: "retry", reason: { code: "unreachable" } };

/** What a promise has come to so far. */
async function settled<T>(promise: Promise<T>): Promise<T | "waiting"> {
  for (let step = 0; step < 10; step++) await Promise.resolve();
  return Promise.race([promise, Promise.resolve("waiting" as const)]);
}

describe("a recording transport", () => {
  it("has its own limit where undefined is given", () => {
    expect(recordingTransport({ limits: { maxEvents: undefined, inFlight: 3 } }).limits).toEqual({
      maxEvents: 100,
      maxBytes: 65_536,
      inFlight: 3,
      perLane: 1,
    });
  });

  it("answers one verdict after the other, then delivers", async () => {
    const transport = recordingTransport({
      verdicts: [retry, { kind: "delivered", rejected: [[1, { code: "bad" }]], retry: [2] }],
    });
    const batch = testBatch(["a", "é", "c"], { lane: 3, attempt: 2, binding: "here" });
    expect(await transport.send(batch, never)).toEqual(retry);
    expect(transport.arrived).toEqual([]);
    await transport.send(batch, never);
    expect(transport.arrived).toEqual(["a"]);
    expect(await transport.send(testBatch(["d"]), never)).toEqual({ kind: "delivered" });
    expect(transport.arrived).toEqual(["a", "d"]);
    expect(transport.sent).toEqual([
      { lane: 3, attempt: 2, texts: ["a", "é", "c"], binding: "here" },
      { lane: 3, attempt: 2, texts: ["a", "é", "c"], binding: "here" },
      { lane: 0, attempt: 1, texts: ["d"], binding: undefined },
    ]);
  });

  it("asks a function, which may bind, throw and reject", async () => {
    const batch = testBatch(["a"], { attempt: 4 });
    const seen: number[] = [];
    const transport = recordingTransport({
      verdicts: (given, attempt) => {
        given.binding = "bound";
        seen.push(attempt);
        throw new Error("broken");
      },
    });
    await expect(transport.send(batch, never)).rejects.toThrow("broken");
    expect([batch.binding, seen]).toEqual(["bound", [4]]);
  });

  it("holds attempts until they are released", async () => {
    const transport = recordingTransport();
    transport.hold();
    const [first, second, third] = ["a", "b", "c"].map((text) => transport.send(testBatch([text]), never));
    if (first === undefined || second === undefined || third === undefined)
      throw new Error("three were sent");
    expect(await settled(first)).toBe("waiting");
    expect(transport.held).toBe(3);
    transport.release(1);
    expect(await settled(first)).toEqual({ kind: "delivered" });
    expect(await settled(second)).toBe("waiting");
    transport.release();
    await Promise.all([second, third]);
    expect(await transport.send(testBatch(["d"]), never)).toEqual({ kind: "delivered" });
    expect(transport.held).toBe(0);
  });

  it("gives up on abort, held or not, unless it is told to be bad", async () => {
    const stop = new AbortController();
    const [good, bad] = [recordingTransport(), recordingTransport({ ignoresAbort: true })];
    for (const transport of [good, bad]) transport.hold();
    const sends = [good, bad].map((transport) => transport.send(testBatch(["a"]), stop.signal));
    stop.abort();
    expect(await settled(sends[0] as Promise<Verdict>)).toMatchObject({ kind: "retry" });
    expect(await settled(sends[1] as Promise<Verdict>)).toBe("waiting");
    expect([good.held, bad.held]).toEqual([0, 1]);
    expect(await good.send(testBatch(["b"]), stop.signal)).toMatchObject({ kind: "retry" });
    bad.release();
    expect(await settled(sends[1] as Promise<Verdict>)).toEqual({ kind: "delivered" });
  });

  it("has limits and lanes of the test's choice, and counts how often it was closed", async () => {
    const transport = recordingTransport({ limits: { maxEvents: 2 }, lane: () => 7 });
    expect(transport.limits).toEqual({ maxEvents: 2, maxBytes: 65_536, inFlight: 1, perLane: 1 });
    expect(transport.lane?.({} as never)).toBe(7);
    expect("lane" in recordingTransport()).toBe(false);
    await transport.close();
    expect(transport.closed).toBe(1);
  });
});
