import { describe, expect, it } from "@jest/globals";
import type { Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import type { FakeClock } from "../testing/fake-clock.ts";
import { startOutbox } from "../testing/outbox-trial.ts";
import type { SurvivingStore } from "../testing/surviving-store.ts";
import { survivingStore } from "../testing/surviving-store.ts";

const denied: Verdict = { kind: "denied" };
const later: Verdict = { kind: "retry", reason: { code: "http_503" }, scope: "destination" };

describe("a next hop where telemetry is switched off", () => {
  it("ends what it refused and everything that waits, counted as consent, with nobody told", async () => {
    const trial = startOutbox({ transport: { limits: { maxEvents: 2 }, verdicts: [denied] } });
    for (const event of testEvents(1, 7)) trial.sink.record(event);
    await trial.clock.advance(1_000);
    expect(trial.sent()).toEqual([["1", "2"]]);
    expect(trial.sink.stats()).toMatchObject({ pending: 0, dropped: 7, droppedBy: { consent: 7 } });
    expect([trial.problems, trial.clock.pending, trial.store.usage.events]).toEqual([[], [], 0]);
  });

  it("is sent nothing any more, not even what was dropped", async () => {
    const trial = startOutbox({ transport: { verdicts: [denied] } });
    trial.sink.record(testEvent(1));
    await trial.sink.flush();
    trial.sink.record(testEvent(2));
    expect(await trial.sink.write([testEvent(3)])).toEqual({ state: "refused", reason: { code: "consent" } });
    expect(await trial.sink.close()).toMatchObject({ recorded: 2, dropped: 2, droppedBy: { consent: 2 } });
    expect(trial.sent()).toEqual([["1"]]);
    expect(trial.problems).toEqual([]);
  });

  it("ends what others left on disk, and who waits for delivery is answered", async () => {
    const left = testEvents(1, 3).map(({ text }) => text);
    const store = (clock: FakeClock): SurvivingStore =>
      survivingStore({ clock, left, lease: { maxEvents: 2, maxBytes: 65_536 } });
    const trial = startOutbox({ store, transport: { limits: { maxEvents: 2 }, verdicts: [denied] } });
    const outcome = trial.sink.write([testEvent(4)]);
    await trial.clock.advance(1_000);
    expect(await outcome).toMatchObject({
      except: [{ index: 0, was: "dropped", reason: { code: "consent" } }],
    });
    expect(trial.sink.stats()).toMatchObject({
      adopted: 3,
      recorded: 1,
      pending: 0,
      droppedBy: { consent: 4 },
    });
  });
});

describe("discard", () => {
  it("gives up what waits, and takes what comes after", async () => {
    const trial = startOutbox();
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    trial.sink.discard?.("cleared");
    expect(trial.sink.stats()).toMatchObject({ pending: 0, droppedBy: { cleared: 3 } });
    trial.sink.record(testEvent(4));
    await trial.sink.flush();
    expect(trial.arrived()).toEqual(["4", "events_dropped"]);
  });

  it("by withdrawn consent takes and sends nothing any more", async () => {
    const trial = startOutbox();
    trial.sink.record(testEvent(1));
    trial.sink.discard?.("consent");
    trial.sink.record(testEvent(2));
    expect(await trial.sink.close()).toMatchObject({ recorded: 2, droppedBy: { consent: 2 } });
    expect([trial.sent(), trial.problems]).toEqual([[], []]);
  });

  it.each<[verdict: Verdict, ledger: object]>([
    [{ kind: "delivered" }, { delivered: 2, dropped: 1 }],
    [later, { delivered: 0, dropped: 3 }],
    [{ kind: "split" }, { delivered: 0, dropped: 3 }],
    [
      { kind: "delivered", retry: [1] },
      { delivered: 1, dropped: 2 },
    ],
  ])("gives up what is under way unless it is delivered: %j", async (verdict, ledger) => {
    const trial = startOutbox({
      announceDrops: false,
      transport: { limits: { maxEvents: 2 }, verdicts: [verdict] },
    });
    trial.transport.hold();
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    await trial.clock.advance(1_000);
    trial.sink.discard?.("cleared");
    expect(trial.sink.stats()).toMatchObject({ pending: 2, droppedBy: { cleared: 1 } });
    trial.transport.release();
    await trial.clock.advance(60_000);
    expect(trial.sink.stats()).toMatchObject(ledger);
    expect(trial.sent()[0]).toEqual(["1", "2"]);
    expect(
      trial
        .sent()
        .flat()
        .filter((label) => label === "1"),
    ).toHaveLength(1);
  });
});
