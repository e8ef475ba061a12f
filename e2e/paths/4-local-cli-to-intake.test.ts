/** Path 4: local CLI → intake, with every command and the intake as processes. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Component } from "../support/component.ts";
import { killAll } from "../support/component.ts";
import { expectAttributes, expectFourFields, expectWholeSources } from "./support/expect-events.ts";
import { expectClientRefuses, expectEntryRefuses } from "./support/expect-refusals.ts";
import type { StoredEvent } from "./support/far-end.ts";
import { namesOf, ofService } from "./support/far-end.ts";
import type { LocalTrial } from "./support/local-trial.ts";
import { createLocalTrial } from "./support/local-trial.ts";

const service = "acme-cli";
const timeoutMs = 240_000;
const deploySteps = ["build", "upload", "migrate"];
let world: LocalTrial;
let intake: Component;

beforeAll(async () => {
  world = await createLocalTrial();
  intake = await world.startIntake();
});
afterAll(() => {
  killAll();
  world?.remove();
});

const own = async (): Promise<readonly StoredEvent[]> => ofService(await world.stored.read(), service);

it("delivers a command's events, by a process that outlives it", async () => {
  expect(await world.command("login", "--user", "ada").ended).toBe(0);
  await world.stored.until((events) => ofService(events, service).length >= 3, "the events of a command");
  expect(namesOf(await own())).toEqual([
    "behavioral login_start",
    "behavioral login_success",
    "telemetry source_closed",
  ]);
  expect((await own()).map(({ user_id }) => user_id)).toEqual([undefined, "ada", undefined]);
  await expectWholeSources(await world.stored.read(), { service, closed: 1 });
});

it("loses nothing of a command that was killed half-way: the next one delivers it", async () => {
  const before = (await own()).length;
  const killed = world.command("deploy", "--slowly");
  await killed.line(/half-way/);
  await killed.kill();
  expect(await world.command("deploy").ended).toBe(0);
  const ofBoth = before + 4 + 6;
  await world.stored.until(
    (all) => ofService(all, service).length >= ofBoth,
    "the events of the killed command and of the next",
  );
  const events = (await own()).slice(before);
  const steps = events.filter(({ event_name }) => event_name === "deploy_step").map(({ step }) => step);
  expect(steps.toSorted()).toEqual([...deploySteps, ...deploySteps].toSorted());
  const outcomes = events.filter(({ event_type }) => event_type === "behavioral");
  expect(namesOf(outcomes).toSorted()).toEqual([
    "behavioral deploy_start",
    "behavioral deploy_start",
    "behavioral deploy_success",
  ]);
});

it("writes nothing at all with DO_NOT_TRACK=1", async () => {
  const silent = await createLocalTrial({ DO_NOT_TRACK: "1" });
  try {
    const listening = await silent.startIntake();
    const command = silent.command("deploy");
    await command.line(/^deployed$/);
    expect(await command.ended).toBe(0);
    expect(readdirSync(silent.folders.home)).toEqual([]);
    expect(await listening.stop()).toBe(0);
    await listening.line(/stopped: 0 event\(s\) taken/);
    expect(await silent.stored.read()).toEqual([]);
  } finally {
    silent.remove();
  }
});

it("refuses at the client what is no event", () =>
  expectClientRefuses("intake", world.environment, world.stored));

it("refuses at the intake what is no event", () => expectEntryRefuses(world.entry, world.stored));

it(
  "has every event of every command once, with its user and installation",
  async () => {
    await world.untilNothingWaits();
    expect(await intake.stop()).toBe(0);
    expect(await world.waiting()).toEqual([]);
    const events = await world.stored.read();
    expectFourFields(events);
    await expectWholeSources(events, { service, closed: 3 });
    expectAttributes(ofService(events, service), {
      service_version: "2.3.0",
      install_id: world.installId(service),
      os: process.platform,
      arch: process.arch,
    });
    expectAttributes(
      (await own()).filter(({ event_name }) => String(event_name).startsWith("deploy")),
      { user_id: "ada" },
    );
  },
  timeoutMs,
);
