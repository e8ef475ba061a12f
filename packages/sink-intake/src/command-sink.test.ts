/** The client of a short command: it records by itself, and loads what sends when there is a reason to. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientStats, Problem } from "@activity/core";
import { audit, systemClock } from "@activity/core";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { removeFolder } from "../../../e2e/support/remove-folder.ts";
import type { TestIntake } from "../test/test-intake.ts";
import { startTestIntake } from "../test/test-intake.ts";
import type { CliClient, CliClientOptions } from "./cli-client.ts";
import { openCliClient } from "./cli-client.ts";
import { openIntake } from "./intake-sink.ts";

/** Enough for everything, on a machine that has other things to do. */
const patient = { timeoutMs: 60_000 } as const;
let home: string;
let intake: TestIntake;
let loads: number;
let problems: Problem[];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "activity-command-"));
  intake = await startTestIntake();
  loads = 0;
  problems = [];
});
afterEach(async () => {
  await intake.close();
  removeFolder(home);
});

type Options = Partial<Omit<CliClientOptions, "intake">> & {
  readonly intake?: Partial<CliClientOptions["intake"]>;
};

function open({ intake: own, ...options }: Options = {}, load = async () => openIntake): CliClient {
  const counted = (): Promise<typeof openIntake> => {
    loads++;
    return load();
  };
  return openCliClient(
    {
      app: "shop",
      env: { HOME: home, ACTIVITY_TELEMETRY: "on" },
      onProblem: (problem) => problems.push(problem),
      flusher: process.execPath, // Started, it ends at once: it gets no program.
      ...options,
      intake: { url: intake.url, writeKey: "wk_1", ...own },
    },
    { load: counted },
  );
}

function record(activity: CliClient, count: number): void {
  for (let n = 1; n <= count; n++) activity.track("step", { n });
}

const waiting = (): readonly string[] =>
  readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ndjson|mark)$/.test(name))
    .sort();
const received = (): Record<string, unknown>[] => intake.arrived.map((text) => JSON.parse(text));

/** Another command, which waits until everything has arrived. */
async function sendRest(): Promise<ClientStats> {
  const next = open({ flusher: false });
  record(next, 1);
  return next.close(patient);
}

async function expectAllArrived(count: number): Promise<void> {
  const { sources, ...report } = await audit(received());
  expect(report).toMatchObject({ events: count, duplicated: 0, lost: 0 });
  for (const { tail } of sources) expect(tail).toBe("closed");
}

describe("a command that records more than a spool holds before anything can be sent", () => {
  it("stays within its bytes, and counts and names what it gives up", async () => {
    const activity = open({ flusher: false });
    const text = "x".repeat(30_000);
    for (let n = 1; n <= 2_600; n++) activity.track("step", { n, text });
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(bytes).toBeGreaterThan(60_000_000);
    expect(bytes).toBeLessThan(67_200_000);
    await activity.flush(patient);
    const stats = await activity.close();
    const { recorded, delivered, dropped } = stats;
    expect(stats).toMatchObject({ pending: 0, handedOver: 0, droppedBy: { capacity: dropped } });
    expect([loads, recorded, dropped > 0]).toEqual([1, delivered + dropped, true]);
    // What is named is not lost.
    expect(await audit(received())).toMatchObject({ events: delivered, lost: 0 });
  });
});

describe("a command that ends at once", () => {
  it("leaves its events without loading what sends", async () => {
    const activity = open();
    record(activity, 3);
    expect(activity.stats()).toMatchObject({ recorded: 3, pending: 3 });
    expect(await activity.close()).toMatchObject({ recorded: 4, handedOver: 4, pending: 0, dropped: 0 });
    expect(loads).toBe(0);
    expect(waiting().map((name) => /-i\d-c.*/.exec(name)?.[0])).toEqual([
      "-i3-c3-o0-pending-nobody.ndjson",
      "-i5-c1-o0-pending-nobody.ndjson",
    ]);
    expect(await sendRest()).toMatchObject({ recorded: 2, adopted: 4, delivered: 6 });
    await expectAllArrived(6);
  });

  it("counts what comes too late", async () => {
    const activity = open();
    record(activity, 1);
    await activity.close();
    record(activity, 1);
    expect(activity.stats()).toMatchObject({ recorded: 2, handedOver: 2, refused: 1 });
  });

  it("loads it where no other process will send", async () => {
    const activity = open({ flusher: false });
    record(activity, 3);
    const { delivered, handedOver } = await activity.close();
    expect([loads, delivered + handedOver]).toEqual([1, 4]);
    await sendRest();
    await expectAllArrived(6);
  });

  it("leaves its events where it cannot be loaded", async () => {
    const activity = open({ flusher: false }, () => Promise.reject(new Error("it is gone")));
    record(activity, 3);
    expect(await activity.flush()).toMatchObject({ pending: 3 });
    expect(await activity.close()).toMatchObject({ recorded: 4, handedOver: 4 });
    expect(problems).toMatchObject([{ code: "store", cause: { message: "it is gone" } }]);
    expect(waiting()).toHaveLength(2);
  });
});

describe("a command that records nothing", () => {
  const leave = async (): Promise<void> => {
    const killed = open();
    record(killed, 3);
    await killed.close();
  };

  it("sends at a flush what earlier ones left", async () => {
    await leave();
    const activity = open();
    expect(await activity.flush(patient)).toMatchObject({
      recorded: 0,
      adopted: 4,
      delivered: 4,
      pending: 0,
    });
    await activity.close();
    await expectAllArrived(4);
  });

  it("loads nothing where nothing waits, and makes no folder", async () => {
    const activity = open();
    expect(await activity.flush()).toMatchObject({ recorded: 0, pending: 0 });
    await activity.close();
    expect([loads, waiting(), problems]).toEqual([0, [], []]);
    expect(readdirSync(home)).toEqual([".config"]);
  });

  it.each(["close", "flush"] as const)("sends at its %s where no process can be started", async (end) => {
    await leave();
    const activity = open({ flusher: false });
    if (end === "flush") await activity.flush();
    expect(await activity.close(patient)).toMatchObject({ recorded: 0, delivered: 4, pending: 0 });
  });
});

describe("a command that goes on", () => {
  it("sends what has waited for long enough, in the same files and under the same numbers", async () => {
    const activity = open({ intake: { lingerMs: 5 } });
    record(activity, 3);
    while (intake.arrived.length < 3) await systemClock.sleep(5);
    record(activity, 2);
    expect(await activity.flush(patient)).toMatchObject({
      recorded: 5,
      adopted: 0,
      delivered: 5,
      pending: 0,
    });
    expect(await activity.close()).toMatchObject({ recorded: 6, dropped: 0 });
    expect(loads).toBe(1);
    await sendRest();
    await expectAllArrived(8);
  });

  it("answers a flush when everything has arrived", async () => {
    const activity = open();
    record(activity, 1_200);
    expect(await activity.flush(patient)).toMatchObject({ recorded: 1_200, delivered: 1_200, pending: 0 });
    expect(intake.arrived).toHaveLength(1_200);
    await activity.close();
  });

  it("writes through what sends", async () => {
    const { sink } = open();
    expect(await sink.write([], { until: "queued" })).toEqual({ state: "done", reached: "queued" });
    await sink.close();
  });

  it("drops what waits when telemetry is switched off", async () => {
    const activity = open();
    record(activity, 3);
    activity.sink.discard?.("consent");
    record(activity, 1);
    expect(activity.stats()).toMatchObject({
      recorded: 4,
      pending: 0,
      dropped: 4,
      droppedBy: { consent: 4 },
    });
    expect([waiting(), loads]).toEqual([[], 0]);
    await activity.close();
    expect(intake.requests).toEqual([]);
  });
});

it("prints its events with ACTIVITY_DEBUG=1, and neither says a notice nor writes or reads a file", async () => {
  let said = "";
  const write = (text: string): void => {
    said += text;
  };
  const terminal = { isInteractive: () => true, write };
  const activity = open({ env: { HOME: home, ACTIVITY_DEBUG: "1" }, terminal });
  record(activity, 1);
  await activity.close();
  expect(said).toMatch(/^\{"event_id"/);
  expect([readdirSync(home), intake.requests]).toEqual([[], []]);
});

describe("without a disk", () => {
  it.each<Options>([
    { intake: { mode: "memory" } },
    { env: { HOME: "/dev/null/x", ACTIVITY_TELEMETRY: "on" } },
  ])("it loads at once what sends: %j", async (options) => {
    const activity = open(options);
    record(activity, 3);
    expect(activity.stats()).toMatchObject({ recorded: 3, pending: 3 });
    expect(await activity.close(patient)).toMatchObject({ recorded: 4, delivered: 4, dropped: 0 });
    expect(loads).toBe(1);
    await expectAllArrived(4);
  });

  it("names what there was no room for", async () => {
    const activity = open({ intake: { mode: "memory" } });
    record(activity, 10_100);
    expect(activity.stats()).toMatchObject({ recorded: 10_100, dropped: 100, droppedBy: { capacity: 100 } });
    await activity.close(patient);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: "dropped", reason: { code: "capacity" } }),
    );
    const report = await audit(received());
    expect(report).toMatchObject({ lost: 0 });
    expect(received()).toContainEqual(
      expect.objectContaining({
        event_name: "events_dropped",
        reason: "capacity",
        count: 100,
        counts_by_type: { behavioral: 100 },
      }),
    );
  });

  describe("that was there at the start", () => {
    const folder = (): string => join(home, ".local", "state", "shop", "activity");
    const breakDisk = (): void => {
      rmSync(folder(), { recursive: true });
      writeFileSync(folder(), "");
    };

    it("it keeps what no disk takes and no sender, tells of it once, and counts it at its end", async () => {
      const activity = open({ intake: { mode: "spool", lingerMs: 5 } });
      breakDisk();
      record(activity, 2);
      while (problems.length === 0) await systemClock.sleep(5);
      expect(activity.stats()).toMatchObject({ recorded: 2, pending: 2 });
      record(activity, 1);
      while (loads < 2) await systemClock.sleep(5);
      expect(await activity.close()).toMatchObject({ pending: 0, dropped: 4, droppedBy: { closed: 4 } });
      expect(problems).toMatchObject([{ code: "store" }, { code: "dropped", reason: { code: "closed" } }]);
    });

    it("it sends everything when the disk is there again", async () => {
      const activity = open({ intake: { mode: "spool", lingerMs: 5 } });
      breakDisk();
      record(activity, 2);
      while (problems.length === 0) await systemClock.sleep(5);
      rmSync(folder());
      record(activity, 1);
      while (intake.arrived.length < 3) await systemClock.sleep(5);
      await activity.close();
      await sendRest();
      await expectAllArrived(6);
    });
  });

  it("tries again to load what sends", async () => {
    let fails = true;
    const load = async (): Promise<typeof openIntake> => {
      if (fails) throw new Error("it is gone");
      return openIntake;
    };
    const activity = open({ intake: { mode: "memory" } }, load);
    record(activity, 3);
    for (let n = 1; n <= 2; n++) {
      expect(await activity.flush()).toMatchObject({ pending: 3 });
      expect([loads, problems.length]).toEqual([n, 1]);
    }
    fails = false;
    expect(await activity.flush(patient)).toMatchObject({ delivered: 3, pending: 0 });
    await activity.close();
  });

  it("is an error at the start where the disk was asked for", () => {
    const env = { HOME: "/dev/null/x", ACTIVITY_TELEMETRY: "on" };
    expect(() => open({ env, intake: { mode: "spool" } })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  });
});

it.each([
  [{ gzip: 12 }, /^gzip is 12/],
  [{ lingerMs: -1 }, /^lingerMs is -1/],
  [{ url: "ftp://x" }, /^url is "ftp:\/\/x"; it must be an absolute http or https URL$/],
  [{ mode: "disk" as "spool" }, /^mode is "disk"/],
  [{ directory: "" }, /^directory is ""; it must be the path/],
])("refuses %j before anything is loaded", (own, message) => {
  expect(() => open({ intake: own })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) }),
  );
  expect(loads).toBe(0);
});
