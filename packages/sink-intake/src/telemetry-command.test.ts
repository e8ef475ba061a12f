import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "@activity/spool";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { removeFolder } from "../../../e2e/support/remove-folder.ts";
import type { TestIntake } from "../test/test-intake.ts";
import { startTestIntake } from "../test/test-intake.ts";
import type { CliClientOptions, TelemetryCommandOptions } from "./index.ts";
import { createCliClient, runTelemetryCommand } from "./index.ts";

let home: string;
let intake: TestIntake;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "activity-telemetry-"));
  intake = await startTestIntake();
});
afterEach(async () => {
  await intake.close();
  removeFolder(home);
});

const environment = (env: Environment = {}): Environment => ({
  XDG_STATE_HOME: join(home, "state"),
  XDG_CONFIG_HOME: join(home, "config"),
  ...env,
});
const options = (env?: Environment): CliClientOptions => ({
  app: "shop",
  intake: { url: intake.url, writeKey: "wk_1" },
  env: environment(env),
});

/** Runs `telemetry <line>`; gives its exit code and what it printed. */
async function telemetry(
  line: string,
  own: Partial<TelemetryCommandOptions> = {},
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runTelemetryCommand(line.split(" ").filter(Boolean), {
    ...options(),
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
    ...own,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** A command that leaves two events. */
async function leaveEvents(): Promise<void> {
  const activity = createCliClient(options({ ACTIVITY_TELEMETRY: "on" }));
  activity.track("deploy_start", { region: "eu" });
  await activity.close({ timeoutMs: 0 });
}

describe("telemetry", () => {
  it("says that nobody was asked, and touches nothing", async () => {
    const { code, out } = await telemetry("");
    expect(code).toBe(0);
    expect(out).toContain("telemetry is off: the notice was not shown yet");
    expect(out).toContain(`sent to: ${intake.url}`);
    expect(out).toContain("sent by: nobody, while telemetry is off");
    expect(out).toContain("waiting: 0 event(s)");
    expect(readdirSync(home)).toEqual([]);
  });

  it("enables, says since when and how, and disables", async () => {
    expect(await telemetry("enable")).toEqual({ code: 0, out: "telemetry is on", err: "" });
    await leaveEvents();
    const { out } = await telemetry("status");
    expect(out).toMatch(/telemetry is on: it was enabled on \d{4}-\d\d-\d\d/);
    expect(out).toMatch(/installation: [0-9a-f-]{36}/);
    expect(out).toContain("sent by: the next command, since no process can be started");
    expect(out).toContain("waiting: 2 event(s)");
    const disabled = "telemetry is off; 2 event(s) that waited were deleted (consent)";
    expect(await telemetry("disable")).toEqual({ code: 0, out: disabled, err: "" });
    expect((await telemetry("status")).out).toContain("telemetry is off: it was disabled on");
    const activity = createCliClient(options());
    activity.track("deploy_start");
    expect([activity.enabled, activity.installId]).toEqual([false, undefined]);
    expect(await activity.close()).toMatchObject({ recorded: 0, adopted: 0 });
  });

  it("says how it would be sent elsewhere", async () => {
    const by = async (own: Partial<TelemetryCommandOptions>): Promise<string | undefined> => {
      const env = { ...environment({ ACTIVITY_TELEMETRY: "on" }), ...own.env };
      return /sent by: (.*)/.exec((await telemetry("status", { ...own, env })).out)?.[1];
    };
    expect(await by({ longLived: true })).toBe("the program itself, since it is long-lived");
    expect(await by({ env: environment({ CI: "1" }) })).toBe(
      "the program itself, since it runs in a build service",
    );
    expect(await by({ env: environment({ ACTIVITY_FLUSH: "wait" }) })).toContain("ACTIVITY_FLUSH=wait");
    expect(await by({ intake: { url: intake.url, fetch } })).toContain("functions of its own");
    expect(await by({ flusher: false })).toContain("it is told to start none");
    const program = join(home, "flusher.js");
    expect(await by({ flusher: program })).toContain("not on disk");
    writeFileSync(program, "");
    expect(await by({ flusher: program })).toBe("a process of its own, after the command");
  });

  it("shows exactly what will be sent", async () => {
    expect(await telemetry("show")).toEqual({ code: 0, out: "", err: "nothing waits" });
    await leaveEvents();
    const { out } = await telemetry("show");
    const env = environment({ ACTIVITY_TELEMETRY: "on" });
    expect(await telemetry("flush", { env })).toMatchObject({
      code: 0,
      out: "2 event(s) sent, 0 still wait",
    });
    expect(intake.arrived.slice(0, 2).join("\n")).toBe(out);
  });

  it("says that something still waits after flush, and does not wait out what the intake asked for", async () => {
    await leaveEvents();
    const env = environment({ ACTIVITY_TELEMETRY: "on" });
    intake.script = [{ status: 503, headers: { "retry-after": "600" } }];
    expect(await telemetry("flush", { env })).toMatchObject({
      code: 1,
      out: "0 event(s) sent, 2 still wait",
      err: "the intake answered 503: it is out of order or overloaded; it will be asked again",
    });
    const { out } = await telemetry("status", { env });
    expect(out).toMatch(/not sent before \d{4}-.*: 1 program\(s\)/);
    expect(out).toContain("last attempt: the intake answered 503: it is out of order");
  });

  it.each([
    [401, "it does not take the credentials of this program; writeKey (or auth) must be one that it knows"],
    [404, "there is no intake at this address; url must be the path that it serves, such as …/v1/events"],
    [308, "there is no intake at this address; url must be the path that it serves, such as …/v1/events"],
  ])("says what to mend after %i, at once and later, and no key", async (status, advice) => {
    await leaveEvents();
    const env = environment({ ACTIVITY_TELEMETRY: "on" });
    intake.always = ({ headers }) => ({ status, body: { detail: `no: ${headers.authorization}` } });
    const { code, out, err } = await telemetry("flush", { env });
    expect([code, out, err]).toEqual([
      1,
      "0 event(s) sent, 2 still wait",
      `the intake answered ${status}: ${advice}`,
    ]);
    const later = await telemetry("status", { env });
    expect(later.out).toContain(`last attempt: the intake answered ${status}: ${advice}`);
    expect(JSON.stringify([out, err, later])).not.toContain("wk_1");
    intake.always = undefined;
    expect(await telemetry("flush", { env })).toMatchObject({ code: 0, err: "" });
    expect((await telemetry("status", { env })).out).not.toContain("last attempt");
  });

  it("says in a flush what waits for another key, which is never sent with this one", async () => {
    await leaveEvents();
    const other = {
      env: environment({ ACTIVITY_TELEMETRY: "on" }),
      intake: { url: intake.url, writeKey: "wk_2" },
    };
    const text = "waiting for other addresses or keys, sent when these are used again: 2 event(s)";
    const flushed = { code: 0, out: "0 event(s) sent, 0 still wait", err: text };
    expect(await telemetry("flush", other)).toEqual(flushed);
  });

  it("says why nothing could be reached", async () => {
    await leaveEvents();
    await intake.close();
    const env = environment({ ACTIVITY_TELEMETRY: "on" });
    const why =
      "the intake could not be reached (ECONNREFUSED); see that url is right and that the network lets it through";
    expect(await telemetry("flush", { env, flushMs: 1 })).toMatchObject({ code: 1, err: why });
  });

  it("sends at once what others leave alone after a failure, and says that it did", async () => {
    await leaveEvents();
    intake.script = [{ status: 401 }];
    const env = environment({ ACTIVITY_TELEMETRY: "on" });
    expect((await telemetry("flush", { env })).out).toBe("0 event(s) sent, 2 still wait");
    expect(await telemetry("flush", { env })).toMatchObject({
      code: 0,
      out: "2 event(s) sent, 0 still wait",
    });
  });

  it("tells of what waits with programs that are running, and for other keys, and clears what it can", async () => {
    await leaveEvents();
    const other = { ...options({ ACTIVITY_TELEMETRY: "on" }), intake: { url: intake.url, writeKey: "wk_2" } };
    const running = createCliClient({ ...other, flusher: false });
    running.track("deploy_start");
    const env = environment({ ACTIVITY_TELEMETRY: "on" });
    expect((await telemetry("status", { env })).out).toMatch(/waiting: 2 .*\n.*other .*keys.*: 1 event/);
    expect(await telemetry("flush", { ...other, flushMs: 0 })).toMatchObject({
      code: 1,
      out: "0 event(s) sent, 1 still wait",
    });
    expect((await telemetry("clear")).out).toBe(
      "2 event(s) that waited were deleted\n1 event(s) are with programs that are running, which send them",
    );
    await running.close({ timeoutMs: 0 });
    expect((await telemetry("clear")).out).toBe("2 event(s) that waited were deleted");
  });

  it("never sends what was recorded before it was disabled", async () => {
    await telemetry("enable");
    const activity = createCliClient({ ...options(), flusher: false });
    activity.track("deploy_start");
    expect((await telemetry("disable")).out).toContain("1 event(s) are with programs that are running");
    expect(await activity.close({ timeoutMs: 0 })).toMatchObject({ pending: 0, droppedBy: { consent: 2 } });
    expect((await telemetry("show")).err).toBe("nothing waits");
    await leaveEvents(); // As if its program had been killed.
    expect((await telemetry("enable")).out).toBe(
      "2 event(s) from before it was disabled were deleted (consent)\ntelemetry is on",
    );
    expect((await telemetry("show")).err).toBe("nothing waits");
  });

  it.each(["/dev/null", `/${"n".repeat(300)}`])("says that nothing waits in the home %s", async (place) => {
    const env = { HOME: place, ACTIVITY_TELEMETRY: "on" };
    expect(await telemetry("status", { env })).toMatchObject({ code: 0, err: "" });
    expect(await telemetry("show", { env })).toEqual({ code: 0, out: "", err: "nothing waits" });
    expect(await telemetry("clear", { env })).toMatchObject({
      code: 0,
      out: "0 event(s) that waited were deleted",
    });
  });

  it("sends nothing while it is off", async () => {
    await leaveEvents();
    expect((await telemetry("flush")).out).toContain("nothing is sent, telemetry is off");
    expect(intake.requests).toEqual([]);
  });

  it("clears what waits, and stays as it was", async () => {
    await leaveEvents();
    expect((await telemetry("clear")).out).toBe("2 event(s) that waited were deleted");
    expect((await telemetry("status")).out).toContain("telemetry is off: the notice was not shown yet");
  });

  it("cannot overrule a variable, and says so", async () => {
    const env = environment({ DO_NOT_TRACK: "1" });
    expect((await telemetry("enable", { env })).out).toBe("telemetry stays off: DO_NOT_TRACK is set");
    const on = environment({ ACTIVITY_TELEMETRY: "on" });
    expect((await telemetry("disable", { env: on })).out).toBe(
      "telemetry stays on: ACTIVITY_TELEMETRY is set; nothing was deleted. Set it to off, or leave it away: then telemetry is off",
    );
    expect((await telemetry("status")).out).toContain("telemetry is off: it was disabled on");
  });

  it.each([
    ["statsu", 'there is no telemetry "statsu"; did you mean status?'],
    ["toString", 'there is no telemetry "toString"'],
    ["status please", 'telemetry status takes no "please"'],
  ])("does not know %j, and names it", async (line, message) => {
    const { code, out, err } = await telemetry(line);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`${message}\ntelemetry status `);
  });

  it("fails, and says why, where its options cannot be", async () => {
    const err: string[] = [];
    const wrong = { ...options(), flusher: 5, printError: (line: string) => err.push(line) };
    expect(await runTelemetryCommand([], wrong as unknown as TelemetryCommandOptions)).toBe(1);
    expect(err).toEqual(["telemetry status: flusher is 5; it must be of type boolean or string"]);
  });

  it("ends without a word when whoever reads has seen enough", async () => {
    const script = `
      import { runTelemetryCommand } from "@activity/sink-intake";
      const env = { ACTIVITY_TELEMETRY: "on", HOME: process.env.HOME };
      for (let n = 0; n < 50; n++)
        await runTelemetryCommand([], { app: "shop", env, intake: { url: "http://127.0.0.1:1/" } });`;
    const args = ["--conditions=@activity/source", "--input-type=module", "-e", script];
    const child = spawn(process.execPath, args, {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { ...process.env, HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said: string[] = [];
    child.stderr.on("data", (chunk: Buffer) => said.push(String(chunk)));
    child.stdout.once("data", () => child.stdout.destroy());
    const [code] = await once(child, "close");
    expect([code, said.join("")]).toEqual([0, ""]);
  });

  it("says that telemetry is off also where not all could be deleted", async () => {
    await telemetry("enable");
    await leaveEvents();
    const files = readdirSync(home, { recursive: true, encoding: "utf8" });
    const segment = files.find((file) => file.endsWith(".ndjson")) ?? "";
    mkdirSync(join(home, segment.replace(/-1-l0-/, "-99-l0-")));
    const { code, out, err } = await telemetry("disable");
    expect([code, out]).toEqual([1, "telemetry is off"]);
    expect(err).toContain("2 event(s) that waited were deleted, but this could not be");
  });

  it("fails, and says why, where a decision cannot be kept", async () => {
    writeFileSync(join(home, "config"), "");
    const { code, err } = await telemetry("disable");
    expect([code, err]).toEqual([1, expect.stringContaining("telemetry disable: ")]);
  });
});

describe("a program that is running", () => {
  const passes = async (condition: () => boolean): Promise<boolean> => {
    for (let step = 0; step < 6_000 && !condition(); step++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return condition();
  };

  it("drops what waits when telemetry is disabled, counts it, and begins anew when it is enabled", async () => {
    await telemetry("enable");
    const activity = createCliClient({ ...options(), longLived: true });
    const child = activity.with({ step: 1 });
    intake.always = () => ({ status: 503 });
    for (let n = 0; n < 5; n++) activity.track("model_refreshed", { n });
    await telemetry("disable");
    expect(await passes(() => !activity.enabled)).toBe(true);
    activity.track("never_recorded");
    expect(activity.stats()).toMatchObject({ recorded: 6, pending: 0, droppedBy: { consent: 6 } });
    intake.always = undefined;
    await telemetry("enable");
    expect(await passes(() => activity.enabled)).toBe(true);
    child.track("model_refreshed");
    expect(await activity.close({ timeoutMs: 60_000 })).toMatchObject({
      recorded: 8,
      pending: 0,
      droppedBy: { consent: 6 },
    });
    const arrived = intake.arrived.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(arrived).toMatchObject([
      { event_name: "model_refreshed", step: 1 },
      { event_name: "source_closed", last: 2 },
    ]);
    expect(readFileSync(join(home, "config/shop/telemetry.json"), "utf8")).toContain("enabled");
  });

  it("prints its events and nothing else happens with ACTIVITY_DEBUG", async () => {
    let said = "";
    const terminal = { isInteractive: () => false, write: (text: string) => (said += text) };
    const activity = createCliClient({ ...options({ ACTIVITY_DEBUG: "1" }), version: "1.0.0", terminal });
    activity.track("deploy_start", { region: "eu" });
    await activity.close();
    const lines = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { event_name: "deploy_start", service_name: "shop", install_id: "not made yet", region: "eu" },
      { event_name: "source_closed" },
    ]);
    expect([readdirSync(home), intake.requests]).toEqual([[], []]);
  });

  it("prints with ACTIVITY_DEBUG the installation's id that would be sent", async () => {
    await leaveEvents();
    await telemetry("flush", { env: environment({ ACTIVITY_TELEMETRY: "on" }) });
    const idOf = (text: string | undefined): unknown =>
      (JSON.parse(text ?? "{}") as { install_id?: unknown }).install_id;
    let said = "";
    const terminal = { isInteractive: () => false, write: (text: string) => (said += text) };
    const activity = createCliClient({ ...options({ ACTIVITY_DEBUG: "1" }), terminal });
    activity.track("deploy_start");
    expect(idOf(said)).toMatch(/^[\da-f-]{36}$/);
    expect([idOf(said), activity.installId]).toEqual([idOf(intake.arrived[0]), idOf(said)]);
    await activity.close();
  });

  it("records no metrics where it is told not to, and they take no number", async () => {
    const activity = createCliClient({ ...options({ CI: "true" }), metrics: false });
    activity.recordMetric("files", 1);
    activity.record("metric", "files");
    activity.track("deploy_start");
    expect(await activity.close({ timeoutMs: 60_000 })).toMatchObject({ recorded: 2, delivered: 2 });
    expect(
      intake.arrived.map((text) => (JSON.parse(text) as { event_id: string }).event_id.split(".")[1]),
    ).toEqual(["1", "2"]);
    expect(activity.installId).toBe("ci-other");
  });

  it("shows the notice once on a terminal, before anything is written", async () => {
    let said = "";
    const terminal = { isInteractive: () => true, write: (text: string) => (said += text) };
    for (let start = 0; start < 2; start++) {
      const activity = createCliClient({ ...options(), notice: "We count deploys.", terminal });
      activity.track("deploy_start");
      await activity.close({ timeoutMs: 0 });
    }
    expect(said).toBe("We count deploys.\n");
    expect((await telemetry("status")).out).toContain("telemetry is on: the notice was shown on");
  });
});
