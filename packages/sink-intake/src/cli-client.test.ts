import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { audit } from "@activity/core";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { removeFolder } from "../../../e2e/support/remove-folder.ts";
import type { TestIntake } from "../test/test-intake.ts";
import { startTestIntake, unusedUrl } from "../test/test-intake.ts";
import { createCliClient } from "./index.ts";

// Every test starts several processes, and the machine may have other things to do.
jest.setTimeout(240_000);
let home: string;
let intake: TestIntake;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "activity-cli-"));
  intake = await startTestIntake();
});
afterEach(async () => {
  await intake.close();
  removeFolder(home);
});

const environment = (): Record<string, string> => ({
  HOME: home,
  XDG_STATE_HOME: join(home, "state"),
  XDG_CONFIG_HOME: join(home, "config"),
  ACTIVITY_TELEMETRY: "on",
  // From source there is no flusher to start; with real ones: e2e/flusher.
  ACTIVITY_FLUSH: "wait",
});

/** Runs a command that records `count` events; resolves with what it said. */
async function run(
  url: string,
  count: number,
  end: string,
  env: Record<string, string> = { SHOP_CLOSE_MS: "60000" },
): Promise<string> {
  const file = fileURLToPath(new URL("../test/cli-process.ts", import.meta.url));
  const args = ["--conditions=@activity/source", file, url, String(count), end];
  const child = spawn(process.execPath, args, {
    env: { ...environment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  await once(child, "close");
  expect(errors).toBe("");
  return output;
}

/** What commands recorded themselves, each once however often it came. */
const ownEvents = (): readonly string[] => [
  ...new Set(
    received().flatMap(({ event_type, event_id }) => (event_type === "telemetry" ? [] : [String(event_id)])),
  ),
];
const received = (): Record<string, unknown>[] => intake.arrived.map((text) => JSON.parse(text));

describe("a command", () => {
  it("delivers at its end and says who it is", async () => {
    const said = JSON.parse(await run(intake.url, 5, "close"));
    expect(said).toMatchObject({ recorded: 6, delivered: 6, pending: 0 });
    const installId = /"install_id":"([^"]+)"/.exec(
      readFileSync(join(home, "config/shop/activity.json"), "utf8"),
    )?.[1];
    for (const event of received())
      expect(event).toMatchObject({ service_name: "shop", service_version: "1.4.0", install_id: installId });
    expect(intake.requests[0]?.headers.authorization).toBe("Bearer wk_1");
    expect(await audit(received())).toMatchObject({ events: 6, duplicated: 0, lost: 0 });
  });

  it.each(["kill", "exit"])("loses nothing when it ends by %s right after record", async (end) => {
    await run(intake.url, 100, end);
    expect(intake.arrived).toEqual([]);
    const next = JSON.parse(await run(intake.url, 1, "close"));
    expect(next).toMatchObject({ adopted: 100, pending: 0, handedOver: 0, dropped: 0 });
    expect(ownEvents()).toHaveLength(101);
    expect(await audit(received())).toMatchObject({
      lost: 0,
      sources: [{ tail: "closed" }, { tail: "closed" }],
    });
  });

  it("does not wait for a network that is not there, and hands over", async () => {
    const down = await unusedUrl();
    const said = JSON.parse(await run(down, 1_000, "close", {}));
    expect(said).toMatchObject({ recorded: 1_001, handedOver: 1_001, dropped: 0 });
    expect(said.closeMs).toBeLessThan(10_000);
    const { port } = new URL(down);
    const back = await startTestIntake(Number(port));
    expect(JSON.parse(await run(down, 1, "close"))).toMatchObject({ adopted: 1_001, handedOver: 0 });
    const report = await audit(back.arrived.map((text) => JSON.parse(text)));
    expect(report).toMatchObject({ events: 1_003, duplicated: 0, lost: 0 });
    await back.close();
  });

  it("repeats one request at most when it is killed over it", async () => {
    intake.always = () => "stall";
    const running = run(intake.url, 1_200, "kill when asked");
    while (intake.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(Number(/pid=(\d+)/.exec(intake.arrived[0] ?? "")?.[1]), "SIGKILL");
    await running;
    intake.heal();
    expect(JSON.parse(await run(intake.url, 1, "close"))).toMatchObject({ adopted: 1_200, handedOver: 0 });
    expect(await audit(received())).toMatchObject({ duplicated: 1_000, lost: 0 });
    expect(ownEvents()).toHaveLength(1_201);
  });

  it("shares its spool with others that run at the same time", async () => {
    await Promise.all(["kill", "close", "kill", "close"].map((end) => run(intake.url, 50, end)));
    await run(intake.url, 1, "close");
    const report = await audit(received());
    expect(report).toMatchObject({ lost: 0 });
    expect(ownEvents()).toHaveLength(50 * 4 + 1);
    expect(report.sources.map(({ tail }) => tail)).toEqual(Array.from({ length: 5 }, () => "closed"));
  });

  it.each([{ DO_NOT_TRACK: "1" }, { ACTIVITY_TELEMETRY: "off" }])(
    "reads, writes and sends nothing with %j",
    async (env) => {
      expect(JSON.parse(await run(intake.url, 5, "close", env))).toMatchObject({ pending: 0 });
      expect([readdirSync(home), intake.requests]).toEqual([[], []]);
    },
  );
});

describe("the id of an installation", () => {
  const idAfterStart = async (): Promise<unknown> => {
    const activity = createCliClient({ app: "shop", intake: { url: intake.url }, env: environment() });
    activity.track("start");
    const { installId } = activity;
    await activity.close({ timeoutMs: 60_000 });
    expect(received().at(-1)?.["install_id"]).toBe(installId);
    return installId;
  };
  const file = (): string => join(home, "config/shop/activity.json");

  it("stays the same, in a file that only its owner can read", async () => {
    const first = await idAfterStart();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idAfterStart()).toBe(first);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, "config/shop"))).toEqual(["activity.json"]);
  });

  it("is replaced when its file is damaged", async () => {
    mkdirSync(join(home, "config/shop"), { recursive: true });
    writeFileSync(file(), '{"install_i');
    const first = await idAfterStart();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idAfterStart()).toBe(first);
    expect(readdirSync(join(home, "config/shop"))).toEqual(["activity.json"]);
  });

  it("is left out where it cannot be kept", async () => {
    writeFileSync(join(home, "config"), "");
    expect(await idAfterStart()).toBe(undefined);
    expect(intake.arrived).toHaveLength(2);
  });
});

it.each(["", "a/b", "..", "a".repeat(65)])("does not take %j for the name of a program", (app) => {
  expect(() => createCliClient({ app, intake: { url: intake.url }, env: {} })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION" }),
  );
});

it("loads what only sending needs when something is sent", async () => {
  const file = fileURLToPath(new URL("./index.ts", import.meta.url));
  const script = `await import(${JSON.stringify(file)}); console.log(process.moduleLoadList.join("\\n"))`;
  const args = ["--conditions=@activity/source", "--input-type=module", "-e", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let loaded = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (loaded += text));
  await once(child, "close");
  expect(loaded).toContain("NativeModule fs");
  expect(loaded).not.toMatch(/NativeModule (?:zlib|internal\/deps\/undici|https?)\b/);
});

it("runs as ever where the flusher's variable holds something else than a job", async () => {
  const output = await run(intake.url, 3, "close", { SHOP_CLOSE_MS: "60000", ACTIVITY_FLUSHER: "off" });
  expect(JSON.parse(output)).toMatchObject({ recorded: 4, delivered: 4 });
});
