import { batchIdPattern, systemClock } from "@activity/core";
import { describeTransportContract, fakeClock, testBatch, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Collector } from "../test/collector.ts";
import { startCollector } from "../test/collector.ts";
import { createPageTransport } from "./page-transport.ts";
import { createEventPost } from "./post-events.ts";

const texts = testEvents(1, 3).map(({ text }) => text);

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector.stop());

function door(headers: Record<string, string> = {}) {
  return createEventPost({ url: collector.url, headers, clock: systemClock });
}

describe("a post", () => {
  it("sends the wrapper as JSON, and as text/plain when the page is leaving", async () => {
    const { post } = door({ "activity-token": "t" });
    expect(await post(texts)).toEqual({ kind: "delivered" });
    expect(await post(texts, { leaving: true })).toEqual({ kind: "delivered" });
    const [staying, leaving] = collector.requests;
    expect([staying?.contentType, leaving?.contentType]).toEqual(["application/json", "text/plain"]);
    expect(staying?.headers["activity-token"]).toBe("t");
    expect(staying?.batchId).toMatch(batchIdPattern);
    expect(staying?.batchId).not.toBe(leaving?.batchId);
    expect(Number.isNaN(Date.parse(staying?.sentAt ?? ""))).toBe(false);
    expect(staying?.body.endsWith(`"events":[${texts.join(",")}]}`)).toBe(true);
  });

  it("names the events that were rejected", async () => {
    collector.reject = ({ event_id }) =>
      event_id === collector.requests[0]?.events[1]?.event_id ? "bad_type" : undefined;
    expect(await door().post(texts)).toEqual({ kind: "delivered", rejected: [[1, { code: "bad_type" }]] });
  });

  it.each([
    [503, { "retry-after": "7" }, { kind: "retry", afterMs: 7_000, scope: "destination" }],
    [413, {}, { kind: "split" }],
    [418, {}, { kind: "rejected" }],
    [307, { location: "/elsewhere" }, { kind: "retry", afterMs: 3_600_000, attention: true }],
    [401, {}, { kind: "retry", afterMs: 900_000, attention: true }],
  ])("makes a verdict of a %i", async (status, headers, verdict) => {
    collector.refuse = () => ({ status, headers });
    expect(await door().post(texts)).toMatchObject(verdict);
    expect(collector.requests.length).toBe(1);
  });

  it("doubles the pause with each refusal in a row, and begins anew after an answer", async () => {
    const { post } = door();
    const refused = () => ({ status: 403 });
    collector.refuse = refused;
    const pauses = [await post(texts), await post(texts)];
    collector.refuse = () => undefined;
    await post(texts);
    collector.refuse = refused;
    pauses.push(await post(texts));
    expect(pauses.map((verdict) => ("afterMs" in verdict ? verdict.afterMs : 0))).toEqual([
      900_000, 1_800_000, 900_000,
    ]);
  });

  it("reports a server that is down", async () => {
    await collector.down();
    expect(await door().post(texts)).toMatchObject({ kind: "retry", reason: { code: "unreachable" } });
  });

  it("gives up after 15 seconds without an answer", async () => {
    const clock = fakeClock();
    const asked = new Promise<void>((resolve) => {
      collector.refuse = () => {
        resolve();
        return "hang";
      };
    });
    const sending = createEventPost({ url: collector.url, clock }).post(texts);
    await asked;
    expect(clock.pending.map(({ at }) => at)).toEqual([15_000]);
    await clock.advance(15_000);
    expect(await sending).toMatchObject({ kind: "retry", reason: { code: "unreachable" } });
    expect(clock.pending).toEqual([]);
  });

  it("gives back the room of a request that has ended", async () => {
    const { post, keepaliveRoom } = door();
    const room = keepaliveRoom();
    const sending = post(texts);
    expect(keepaliveRoom()).toBeLessThan(room - texts.join().length);
    await sending;
    expect(keepaliveRoom()).toBe(room);
  });
});

describeTransportContract({
  name: "a page's transport",
  kit: { describe, it, expect },
  create: async () => {
    const far = await startCollector();
    const transport = createPageTransport({
      door: createEventPost({ url: far.url, clock: systemClock }),
      stamp: (text) => text,
      onAnswer: () => undefined,
    });
    return {
      transport,
      arrived: () => far.events.map((event) => JSON.stringify(event)),
      fail: () => far.down(),
      stall: () => {
        far.refuse = () => "hang";
      },
      heal: async () => {
        far.refuse = () => undefined;
        await far.down();
        await far.up();
      },
      dispose: () => far.stop(),
    };
  },
});

describe("what a batch is stamped with", () => {
  it("is added on the way, and the outcome is the event's own", async () => {
    const transport = createPageTransport({
      door: door(),
      stamp: (text) => `${text.slice(0, -1)},"client_id":"c"}`,
      onAnswer: () => undefined,
    });
    expect(await transport.send(testBatch(texts), new AbortController().signal)).toEqual({
      kind: "delivered",
    });
    expect(collector.events.map(({ client_id }) => client_id)).toEqual(["c", "c", "c"]);
  });
});
