import { parseEventText, systemClock } from "@activity/core";
import type { AnsweredRequest } from "@activity/proxy";
import { describe, expect, it } from "@jest/globals";
import { eventText } from "../../test/intake-fixtures.ts";
import type { KeyHolder } from "../keys/write-keys.ts";
import { EventFeed } from "./event-feed.ts";
import { TypeRates } from "./type-rates.ts";

let nowMs = 0;
const clock = { ...systemClock, monotonic: () => nowMs };

function answered(ids: readonly number[], rejected: readonly string[] = []): AnsweredRequest<KeyHolder> {
  const accepted = ids.flatMap((id) => parseEventText(eventText(id)).event ?? []);
  return {
    requestId: "r",
    status: 202,
    code: undefined,
    detail: undefined,
    principal: undefined,
    accepted,
    duplicates: 1,
    rejected: rejected.map((text) => ({
      text,
      problem: { index: 0, code: "bad_json", pointer: "", detail: "d" },
    })),
    discarded: 0,
    durationMs: 1,
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe("the feed of the page", () => {
  it("gives what came since, in order, and the counts of everything", () => {
    const feed = new EventFeed(clock);
    feed.add(answered([1, 2], ["{"]));
    const { last } = feed;
    feed.add(answered([3]));
    expect(feed.since(0).events.map(({ id }) => id)).toEqual(["id-1", "id-2", "id-3"]);
    expect(feed.since(last)).toMatchObject({ events: [{ id: "id-3" }], rejections: [], skipped: 0 });
    expect(feed.since(0).rejections).toMatchObject([{ code: "bad_json", text: "{" }]);
    expect(feed.totals).toMatchObject({ accepted: 3, rejected: 1, duplicates: 2, requests: 2 });
  });

  it("keeps the newest 200, and says how many were not shown", () => {
    const feed = new EventFeed(clock);
    feed.add(answered(upTo(1_000), upTo(150).map(String)));
    const { events, rejections, skipped } = feed.since(0);
    expect([events.length, rejections.length, skipped]).toEqual([200, 100, 850]);
    expect(events.at(-1)?.id).toBe("id-1000");
  });

  it("cuts long texts", () => {
    const feed = new EventFeed(clock);
    feed.add(answered([], ["x".repeat(10_000)]));
    expect(feed.since(0).rejections[0]).toMatchObject({ text: "x".repeat(2_048), cut: true });
  });
});

describe("rates by type", () => {
  it("count each second of the last minute", () => {
    nowMs = 100_500;
    const rates = new TypeRates(clock);
    rates.add("a", 3);
    nowMs += 1_000;
    rates.add("a", 2);
    expect(rates.snapshot()[0]?.seconds.slice(-2)).toEqual([0, 3]);
    nowMs += 1_000;
    expect(rates.snapshot()[0]?.seconds.slice(-3)).toEqual([0, 3, 2]);
    nowMs += 58_000;
    expect(rates.snapshot()[0]?.seconds.slice(0, 2)).toEqual([3, 2]);
    nowMs += 2_000;
    expect(rates.snapshot()[0]).toEqual({ type: "a", total: 5, seconds: new Array(60).fill(0) });
  });

  it("tell the first 50 types apart", () => {
    const rates = new TypeRates(clock);
    for (const type of upTo(80)) rates.add(`type-${type}`, 1);
    const snapshot = rates.snapshot();
    expect(snapshot.length).toBe(51);
    expect(snapshot[0]).toMatchObject({ type: "other", total: 30 });
  });
});
