import type { Batch, Verdict } from "@activity/core";
import { createMemoryStore, createOutbox, defaultLimits } from "@activity/core";
import type { FakeClock } from "@activity/core/testing";
import { fakeClock } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Answer, TestServer } from "../test/proxy-server.ts";
import { eventText, onStop, startServer, stopServers, until } from "../test/proxy-server.ts";

let clock: FakeClock;
beforeEach(() => {
  clock = fakeClock();
});
afterEach(stopServers);

/** A next hop that a test switches. */
interface Hop {
  state: "up" | "down" | "silent" | "slow";
  /** Lets a slow hop take what it was sent. */
  answer?: () => void;
  /** How often something was sent. */
  sends: number;
  readonly texts: string[];
}

async function start(hop: Hop, { maxEvents = 1_000, ackTimeoutMs = 5_000 } = {}): Promise<TestServer> {
  const send = async (batch: Batch, signal: AbortSignal): Promise<Verdict> => {
    hop.sends++;
    if (hop.state === "silent") await new Promise((resolve) => signal.addEventListener("abort", resolve));
    if (hop.state === "slow") {
      await new Promise<void>((resolve) => {
        hop.answer = resolve;
      });
      hop.state = "up";
    }
    if (hop.state !== "up") return { kind: "retry", reason: { code: "unreachable" } };
    for (let at = 0; at < batch.count; at++) hop.texts.push(new TextDecoder().decode(batch.at(at)));
    return { kind: "delivered" };
  };
  const limits = { maxEvents: 100, maxBytes: 100_000, inFlight: 2, perLane: 1 };
  const store = createMemoryStore({ maxEvents, maxBytes: 1_000_000, lease: defaultLimits.batch });
  const transport = { limits, send, close: () => Promise.resolve() };
  const retry = { baseMs: 5, capMs: 5 };
  const sink = createOutbox(transport, store, { lingerMs: 0, retry, onProblem: () => undefined });
  onStop(async () => {
    hop.state = "up";
    await sink.close({ timeoutMs: 100 });
  });
  return startServer({ sink, limits: { ackTimeoutMs }, clock });
}

/** Lets the time pass in which a proxy waits for its sink; nothing else uses it up. */
async function outlast(answer: Promise<Answer>): Promise<Answer> {
  let isAnswered = false;
  const noted = answer.finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    await clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return noted;
}

const body = Array.from({ length: 50 }, (_, at) => eventText(at)).join("\n");

describe("a proxy before an outbox", () => {
  it("answers when the next hop has the events", async () => {
    const hop: Hop = { state: "up", sends: 0, texts: [] };
    const { post } = await start(hop);
    expect(await post(body)).toMatchObject({ status: 202, json: { accepted: 50 } });
    expect(hop.texts).toEqual(body.split("\n"));
  });

  it("withdraws what the next hop did not take in time: sent again it arrives once", async () => {
    const hop: Hop = { state: "down", sends: 0, texts: [] };
    const { post } = await start(hop, { ackTimeoutMs: 300 });
    for (let round = 0; round < 3; round++) {
      expect(await outlast(post(body))).toMatchObject({ status: 503, json: { code: "not_confirmed" } });
    }
    hop.state = "up";
    expect(await post(body)).toMatchObject({ status: 202, json: { accepted: 50, duplicates: 0 } });
    expect(hop.texts).toEqual(body.split("\n"));
  });

  it("says 503 in time where the next hop is silent", async () => {
    const hop: Hop = { state: "silent", sends: 0, texts: [] };
    const { post } = await start(hop, { ackTimeoutMs: 300 });
    const answer = post(body);
    await until(() => hop.sends > 0);
    expect(await outlast(answer)).toMatchObject({ status: 503, json: { code: "not_confirmed" } });
  });

  it("waits with a repeat for events in flight, and takes the fate that they have after all", async () => {
    const hop: Hop = { state: "slow", sends: 0, texts: [] };
    const { post } = await start(hop, { ackTimeoutMs: 300 });
    expect(await outlast(post(body))).toMatchObject({ status: 503, json: { code: "not_confirmed" } });
    const repeat = post(body);
    setTimeout(() => hop.answer?.(), 50);
    expect(await repeat).toMatchObject({ status: 202, json: { accepted: 0, duplicates: 50 } });
    expect(await post(body)).toMatchObject({ status: 202, json: { accepted: 0, duplicates: 50 } });
    expect(hop.texts).toEqual(body.split("\n"));
  });

  it("says 503 with nothing taken where the store is full", async () => {
    const hop: Hop = { state: "up", sends: 0, texts: [] };
    const { post } = await start(hop, { maxEvents: 49 });
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 503, json: { code: "refused_by_sink" } });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(hop.texts).toEqual([]);
  });
});
