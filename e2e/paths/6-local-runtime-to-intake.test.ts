/** Path 6: local runtime → intake, with the application and the intake as processes. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Component } from "../support/component.ts";
import { killAll } from "../support/component.ts";
import { expectAttributes, expectFourFields, expectWholeSources } from "./support/expect-events.ts";
import { expectClientRefuses, expectEntryRefuses } from "./support/expect-refusals.ts";
import { arrivedUpTo, hold, ofService } from "./support/far-end.ts";
import type { LocalTrial } from "./support/local-trial.ts";
import { createLocalTrial } from "./support/local-trial.ts";

const service = "local-runtime";
const timeoutMs = 240_000;
let world: LocalTrial;
let intake: Component;
let runtime: Component;

beforeAll(async () => {
  world = await createLocalTrial({ WORK_INTERVAL_MS: "20" });
});
afterAll(() => {
  killAll();
  world?.remove();
});

it(
  "works while there is no intake, and what it recorded then arrives when there is one",
  async () => {
    runtime = world.startRuntime();
    await runtime.recorded(30);
    const whileDown = runtime.stats.recorded;
    intake = await world.startIntake();
    await world.stored.until(
      (events) => arrivedUpTo(events, service, whileDown) === whileDown,
      "what was recorded while there was no intake",
    );
  },
  timeoutMs,
);

it(
  "refuses at the client what is no event",
  () => expectClientRefuses("intake", world.environment, world.stored),
  timeoutMs,
);

it("refuses at the intake what is no event", () => expectEntryRefuses(world.entry, world.stored), timeoutMs);

it(
  "ends on SIGTERM with nothing left, and every event of every type is there once",
  async () => {
    expect(await runtime.stop()).toBe(0);
    const [, delivered, recorded] = await runtime.line(/stopped: (\d+) of (\d+) delivered, 0 wait/);
    expect(delivered).toBe(recorded);
    await world.untilNothingWaits();
    expect(await intake.stop()).toBe(0);
    const events = await world.stored.read();
    expectFourFields(events);
    await expectWholeSources(events, { service, closed: 1 });
    const own = ofService(events, service);
    expect(own).toHaveLength(Number(recorded));
    expectAttributes(own, { service_version: "1.4.0", install_id: world.installId(service) });
    expectAttributes(
      own.filter(({ event_type }) => event_type === "metric"),
      { event_name: "data_dir_size_bytes", value: expect.any(Number) },
    );
    expect(hold(own, "log model_refreshed", "error error", "telemetry source_closed")).toBe(true);
  },
  timeoutMs,
);
