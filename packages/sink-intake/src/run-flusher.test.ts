/** What sends after commands have ended: it leaves nothing to nobody. */
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { makeFolder, platformDirectory } from "@activity/spool";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { removeFolder } from "../../../e2e/support/remove-folder.ts";
import type { TestIntake } from "../test/test-intake.ts";
import { startTestIntake } from "../test/test-intake.ts";
import { openCliClient } from "./cli-client.ts";
import { consentPath, writeDecision } from "./consent-file.ts";
import { isFlusherAlive } from "./flusher-lock.ts";
import { folderOf } from "./intake-place.ts";
import { openIntake } from "./intake-sink.ts";
import { writePause } from "./pause-file.ts";
import { runFlusher } from "./run-flusher.ts";

const times = { lifetimeMs: 20_000, stayMs: 100, lookEveryMs: 10 };
let home: string;
let intake: TestIntake;
let folder: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "activity-flusher-"));
  intake = await startTestIntake();
  folder = folderOf({ ...options().intake, app: "shop", env: options().env }) ?? "";
  makeFolder(folder);
});
afterEach(async () => {
  await intake.close();
  removeFolder(home);
});

const options = () => ({
  app: "shop",
  env: { HOME: home, ACTIVITY_TELEMETRY: "on" },
  intake: { url: intake.url, writeKey: "wk_1" },
  flusher: process.execPath, // Started, it ends at once: it gets no program.
});
const waiting = (): readonly string[] => readdirSync(folder).filter((name) => name.endsWith(".ndjson"));

function run(clock: Clock = systemClock): Promise<void> {
  const job = { app: "shop", intake: { ...options().intake, directory: dirname(folder) } };
  return runFlusher(job, { env: options().env, clock, times });
}

/** A command that leaves its events; says whether somebody was there then to send them. */
async function leave(): Promise<boolean> {
  const command = openCliClient(options(), { load: async () => openIntake });
  command.track("step");
  await command.close();
  return isFlusherAlive(folder, systemClock.now());
}

it("sends what commands left before it came and while it is there", async () => {
  await leave();
  // It works as long as its request is under way, however long a command takes meanwhile.
  intake.always = () => "stall";
  const running = run();
  expect(await leave()).toBe(true);
  while (intake.requests.length === 0) await systemClock.sleep(5);
  intake.heal();
  await running;
  expect([intake.arrived.length, waiting()]).toEqual([4, []]);
});

it("sends what was left between its last look and the end of its lock", async () => {
  let sawLock: boolean | undefined;
  let lateAt: number | undefined;
  // Its time stands still, however slow the machine is, until it sleeps, and then is over.
  const monotonic = (): number =>
    lateAt === undefined ? 0 : times.stayMs + systemClock.monotonic() - lateAt;
  const sleep: Clock["sleep"] = async (ms) => {
    await systemClock.sleep(ms);
    if (lateAt !== undefined) return;
    sawLock = await leave();
    lateAt = systemClock.monotonic();
  };
  await run({ ...systemClock, monotonic, sleep });
  expect(sawLock).toBe(true);
  expect([intake.arrived.length, waiting()]).toEqual([2, []]);
});

it("sends what a command left that saw its lock and ended after it was gone", async () => {
  let sawLock: boolean | undefined;
  const sleep: Clock["sleep"] = async (ms) => {
    await systemClock.sleep(ms);
    if (sawLock === undefined && !isFlusherAlive(folder, systemClock.now())) sawLock = await leave();
  };
  await run({ ...systemClock, sleep });
  expect(sawLock).toBe(false);
  expect([intake.arrived.length, waiting()]).toEqual([2, []]);
});

it("leaves the rest to another that has come meanwhile", async () => {
  let next: Promise<void> | undefined;
  const sleep: Clock["sleep"] = async (ms) => {
    await systemClock.sleep(ms);
    if (next !== undefined || isFlusherAlive(folder, systemClock.now())) return;
    await leave();
    next = run();
  };
  await run({ ...systemClock, sleep });
  expect(next).toBeDefined();
  await next;
  expect([intake.arrived.length, waiting()]).toEqual([2, []]);
});

it("waits for an answer that takes its time, also after an earlier failure", async () => {
  await leave();
  writePause(folder, { untilMs: systemClock.now() - 1, failures: 1 });
  intake.always = () => "stall";
  const running = run();
  while (intake.requests.length === 0) await systemClock.sleep(5);
  await systemClock.sleep(1_500);
  intake.heal();
  await running;
  expect([intake.requests.length, waiting()]).toEqual([1, []]);
});

it("sends nothing where telemetry is off", async () => {
  await leave();
  const job = { app: "shop", intake: { ...options().intake, directory: dirname(folder) } };
  await runFlusher(job, { env: { ...options().env, DO_NOT_TRACK: "1" }, times });
  expect([intake.requests.length, waiting().length]).toEqual([0, 2]);
});

it("drops what it could not send where telemetry was disabled meanwhile", async () => {
  await leave();
  const env = { HOME: home };
  const decision = consentPath(platformDirectory("config", "shop", env) ?? "");
  writeDecision(decision, "enabled", 1);
  intake.always = () => {
    writeDecision(decision, "disabled", 2);
    return { status: 503, headers: { "retry-after": "600" } };
  };
  const job = { app: "shop", intake: { ...options().intake, directory: dirname(folder) } };
  await runFlusher(job, { env, times });
  expect([intake.requests.length, waiting()]).toEqual([1, []]);
});
