import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@activity/core";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { TestIntake } from "../test/test-intake.ts";
import { startTestIntake } from "../test/test-intake.ts";
import type { CliClient } from "./index.ts";
import { createCliClient } from "./index.ts";

let home: string;
let intake: TestIntake;
let lateMs: number;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "activity-consent-"));
  mkdirSync(join(home, "config", "shop"), { recursive: true });
  intake = await startTestIntake();
  intake.always = () => ({ status: 503 });
  lateMs = 0;
});
afterEach(async () => {
  await intake.close();
  rmSync(home, { recursive: true, force: true });
});

/** A program that runs for long; what was decided is looked at once a second. */
function open(): CliClient {
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + lateMs };
  const env = { HOME: home, XDG_STATE_HOME: join(home, "state"), XDG_CONFIG_HOME: join(home, "config") };
  return createCliClient({ app: "shop", intake: { url: intake.url }, longLived: true, env, clock });
}

function decide(text: string): void {
  writeFileSync(join(home, "config", "shop", "telemetry.json"), text);
  lateMs += 1_000;
}

const decision = (status: string): string => JSON.stringify({ status, since: "2026-01-01T00:00:00Z" });

describe("what was decided, while nobody can read it", () => {
  it("is no reason to delete what waits: nothing is recorded or sent, and then all goes on", async () => {
    decide(decision("enabled"));
    const client = open();
    client.track("before");
    decide('{"status":"ena');
    client.track("meanwhile");
    expect([client.enabled, client.stats().pending, client.stats().dropped]).toEqual([false, 1, 0]);
    decide(decision("enabled"));
    intake.heal();
    client.track("after");
    const { delivered, dropped } = await client.close({ timeoutMs: 20_000 });
    expect(intake.arrived.map((text) => (JSON.parse(text) as { event_name: string }).event_name)).toEqual([
      "before",
      "after",
      "source_closed",
    ]);
    expect([delivered, dropped]).toEqual([3, 0]);
  });

  it("keeps what waits for the next start when the program ends, and deletes it once it says so", async () => {
    decide(decision("enabled"));
    const client = open();
    client.track("before");
    decide("");
    await client.close({ timeoutMs: 100 });
    expect(client.stats()).toMatchObject({ handedOver: 2, dropped: 0 });
    decide(decision("enabled"));
    const next = open();
    expect(next.stats().adopted).toBe(2);
    decide("");
    next.track("meanwhile");
    decide(decision("disabled"));
    next.track("never");
    expect(next.stats()).toMatchObject({ pending: 0, droppedBy: { consent: 2 } });
    await next.close();
    expect(intake.arrived).toEqual([]);
  });
});
