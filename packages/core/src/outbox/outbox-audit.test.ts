import { describe, expect, it } from "@jest/globals";
import { audit } from "../audit/audit.ts";
import { createClient } from "../client/create-client.ts";
import type { JsonObject } from "../event/activity-event.ts";
import { importances } from "../ports/store.ts";
import type { Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import type { OutboxTrial } from "../testing/outbox-trial.ts";
import { labelOf, labelsOf, startOutbox } from "../testing/outbox-trial.ts";

const bad = { code: "bad" };
/** Names that an audit knows for those of sources. */
const [one, other] = ["one".padEnd(21, "_"), "other".padEnd(21, "_")];

function announcements({ transport }: OutboxTrial): JsonObject[] {
  return transport.arrived
    .filter((text) => labelOf(text) === "events_dropped")
    .map((text) => JSON.parse(text));
}

function found({ transport }: OutboxTrial): Promise<Awaited<ReturnType<typeof audit>>> {
  return audit(transport.arrived.map((text) => JSON.parse(text)));
}

describe("an outbox announces", () => {
  it("what was dropped and what was rejected, so that an audit can explain every number", async () => {
    const trial = startOutbox({
      store: { maxEvents: 6 },
      transport: {
        limits: { maxEvents: 3 },
        verdicts: (batch) => {
          const place = labelsOf(batch).split(",").indexOf("8");
          return place < 0 ? { kind: "delivered" } : { kind: "delivered", rejected: [[place, bad]] };
        },
      },
    });
    trial.transport.hold();
    for (const event of testEvents(1, 9, { source: one })) trial.sink.record(event);
    for (const event of testEvents(1, 2, { source: other })) trial.sink.record(event);
    trial.sink.record(testEvent(10, { source: one }));
    trial.transport.release();
    await trial.sink.close();
    const report = await found(trial);
    expect(trial.sink.stats()).toMatchObject({ dropped: 6, rejected: 1, pending: 0 });
    expect(report).toMatchObject({ lost: 0, announced: 7, duplicated: 0 });
    const own = report.sources.find(({ source }) => source !== one && source !== other);
    expect(own).toMatchObject({ tail: "closed", lost: 0 });
    expect(
      announcements(trial)
        .map(({ reason }) => reason)
        .toSorted(),
    ).toEqual(["capacity", "rejected"]);
    expect(trial.arrived().at(-1)).toBe("source_closed");
  });

  it("after the next delivery, without being asked", async () => {
    const trial = startOutbox({
      transport: { limits: { maxEvents: 2 }, verdicts: [{ kind: "rejected", reason: bad }] },
    });
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    await trial.clock.advance(5_000);
    expect(trial.sent()).toEqual([["1", "2"]]);
    for (const event of testEvents(3, 4)) trial.sink.record(event);
    await trial.clock.advance(1_000);
    expect(announcements(trial)).toMatchObject([
      {
        event_type: "telemetry",
        reason: "rejected",
        count: 2,
        ranges: [{ source: "test", from: 1, to: 2, count: 2 }],
      },
    ]);
  });

  it("nothing of a hop that refuses everything: no announcement brings the next one", async () => {
    const all = (count: number): Verdict => ({
      kind: "delivered",
      rejected: Array.from({ length: count }, (_, index) => [index, bad] as const),
    });
    const trial = startOutbox({ transport: { verdicts: ({ count }) => all(count) } });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(600_000);
    expect(trial.sent()).toHaveLength(1);
  });

  it("little to a hop that refuses announcements only", async () => {
    const trial = startOutbox({
      transport: {
        verdicts: (batch) => {
          const refused = labelsOf(batch)
            .split(",")
            .flatMap((label, index) =>
              label === "events_dropped" || label === "1" ? [[index, bad] as const] : [],
            );
          return { kind: "delivered", rejected: refused };
        },
      },
    });
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    await trial.clock.advance(600_000);
    expect(trial.sent()).toEqual([["1", "2"], ["events_dropped"]]);
  });

  it("several reasons and sources apart, and joins ranges when there are many", async () => {
    const trial = startOutbox({ store: { maxEvents: 1 }, maxAgeMs: 60_000 });
    trial.transport.hold();
    for (let n = 1; n <= 200; n += 2) trial.sink.record(testEvent(n, { source: n < 190 ? one : other }));
    await trial.clock.advance(60_001);
    trial.transport.release();
    await trial.sink.close();
    const report = announcements(trial);
    expect(report.map(({ reason, count }) => [reason, count])).toEqual([
      ["capacity", 99],
      ["capacity", undefined],
    ]);
    const [first] = report;
    expect(Array.isArray(first?.["ranges"]) && first["ranges"].length).toBe(64);
    expect(await found(trial)).toMatchObject({ announced: 99 });
  });

  it("nothing when it is told not to", async () => {
    const trial = startOutbox({ store: { maxEvents: 1 }, announceDrops: false });
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    await trial.sink.close();
    expect(trial.arrived()).toEqual(["3"]);
    expect(trial.sink.stats()).toMatchObject({ recorded: 3, dropped: 2 });
    expect(trial.problems.map(({ count }) => count)).toEqual([undefined, 2]);
  });

  it("to its host when dropping begins, and the sum", async () => {
    const trial = startOutbox({ store: { maxEvents: 1 } });
    for (const event of testEvents(1, 4)) trial.sink.record(event);
    const begins = {
      code: "dropped",
      message: "events are being dropped: capacity",
      reason: { code: "capacity" },
    };
    expect(trial.problems).toEqual([begins]);
    await trial.sink.flush();
    expect(trial.problems).toContainEqual({
      ...begins,
      message: "3 event(s) were dropped: capacity",
      count: 3,
    });
  });

  it("what is dropped to make room for the announcement, too", async () => {
    const trial = startOutbox({ store: { maxEvents: 1 } });
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    await trial.sink.close();
    expect(await found(trial)).toMatchObject({ lost: 0 });
    expect(trial.sink.stats().pending).toBe(0);
  });
});

describe("the end of a client's source", () => {
  it("has its place in a store that is full of what must not go", async () => {
    const trial = startOutbox({ store: { maxEvents: 3 }, importanceOf: () => importances.metric });
    const client = createClient({ sink: trial.sink });
    trial.transport.hold();
    client.track("a");
    await trial.clock.advance(1_000);
    await trial.sink.write(testEvents(1, 2), { until: "queued" });
    const closing = client.close();
    trial.transport.release();
    expect(await closing).toMatchObject({ delivered: 4, dropped: 0 });
    const { sources } = await found(trial);
    expect(sources).toMatchObject([{ last: 2, lost: 0, tail: "closed" }]);
  });

  it("is nothing else that has its name", async () => {
    const trial = startOutbox({ store: { maxEvents: 1 } });
    const client = createClient({ sink: trial.sink });
    for (let n = 0; n < 3; n++) client.track("source_closed");
    trial.sink.record(testEvent(1, { type: "metric" }));
    expect(trial.store.usage).toMatchObject({ events: 1, evictableEvents: 1 });
    await client.close();
  });
});
