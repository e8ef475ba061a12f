/** Commands as modules on disk, as npm installs them: what they leave is sent by a process that outlives them. */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { FlusherTrial } from "./support/flusher-trial.ts";
import { commandLineOf, environmentOf, startTrial } from "./support/flusher-trial.ts";

const program = [process.execPath, fileURLToPath(new URL("support/command.ts", import.meta.url))] as const;
const timeoutMs = 240_000;
let trial: FlusherTrial;

beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.end(), timeoutMs);

it.each([
  ["closes its client", "close", 0],
  ["calls process.exit", "exit", 7],
  ["does neither", "none", 0],
])(
  "a command that %s is over at once, and its events arrive",
  async (_, end, code) => {
    const run = await trial.run(program, { TRIAL_END: end });
    expect(run).toMatchObject({ code, stderr: "" });
    expect(await trial.until(() => trial.arrived() === 3)).toBe(true);
    expect(trial.collector.taken).toHaveLength(3);
  },
  timeoutMs,
);

it(
  "what a killed command left is sent when the next one ends",
  async () => {
    expect(await trial.run(program, { TRIAL_END: "kill" })).toMatchObject({ signal: "SIGKILL" });
    expect([trial.flushers(), trial.arrived()]).toEqual([[], 0]);
    await trial.run(program);
    expect(await trial.until(() => trial.arrived() === 6)).toBe(true);
  },
  timeoutMs,
);

it.each(["close", "exit", "none"])(
  "also by one that records nothing and ends by %s",
  async (end) => {
    const nothing = { TRIAL_EVENTS: "0", TRIAL_END: end };
    await trial.run(program, nothing);
    expect(trial.flushers()).toEqual([]);
    await trial.run(program, { TRIAL_END: "kill" });
    await trial.run(program, nothing);
    expect(await trial.until(() => trial.arrived() === 3)).toBe(true);
  },
  timeoutMs,
);

it(
  "one flusher serves many commands, and knows nothing but what it needs",
  async () => {
    const secrets = {
      MY_TOKEN: "t",
      NODE_OPTIONS: "--no-deprecation --use-openssl-ca",
      HTTPS_PROXY: "http://p:1",
    };
    // It works as long as its request is under way; else it could be done before so many commands are.
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    trial.collector.behave(() => ({ act: "take", when: asked }));
    await trial.run(program, { ...secrets, NO_PROXY: "127.0.0.1" });
    const [pid = 0] = trial.flushers();
    const environment = environmentOf(pid);
    expect(environment).toMatchObject({
      HOME: trial.home,
      HTTPS_PROXY: "http://p:1",
      NODE_USE_ENV_PROXY: "1",
    });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["MY_TOKEN"]));
    expect(environment["NODE_OPTIONS"]).toBeUndefined();
    expect(commandLineOf(pid)).toEqual([
      process.execPath,
      "--use-openssl-ca",
      expect.stringMatching(/activity-flusher\.js$/),
    ]);
    expect([readlinkSync(`/proc/${pid}/cwd`), readlinkSync(`/proc/${pid}/fd/1`)]).toEqual(["/", "/dev/null"]);
    for (let n = 0; n < 4; n++) await trial.run(program);
    expect(trial.flushers()).toEqual([pid]);
    answer();
    expect(await trial.until(() => trial.arrived() === 15)).toBe(true);
    const files = readdirSync(trial.home, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const texts = files.map(({ parentPath, name }) => textOf(join(parentPath, name)));
    expect(texts.join("")).not.toContain("wk_secret");
    expect(texts.some((text) => text !== "")).toBe(true);
  },
  timeoutMs,
);

it(
  "the lock of a flusher that was killed stops nobody",
  async () => {
    await trial.run(program);
    await trial.until(() => trial.flushers().length === 1);
    const [first = 0] = trial.flushers();
    await trial.until(() => readdirSync(spoolFolder()).includes("flusher.lock"));
    process.kill(first, "SIGKILL");
    await trial.until(() => trial.flushers().length === 0);
    expect(readdirSync(spoolFolder())).toContain("flusher.lock");
    await trial.run(program);
    expect(await trial.until(() => trial.arrived() === 6)).toBe(true);
  },
  timeoutMs,
);

it(
  "nobody is started while the intake is to be left alone",
  async () => {
    trial.collector.behave(() => ({
      act: "refuse",
      answer: { status: 503, headers: { "retry-after": "600" }, body: "" },
    }));
    await trial.run(program);
    await trial.until(() => trial.collector.requests.length === 1);
    expect(await trial.until(() => trial.flushers().length === 0)).toBe(true);
    for (let n = 0; n < 3; n++) await trial.run(program);
    expect([trial.flushers(), trial.collector.requests.length]).toEqual([[], 1]);
  },
  timeoutMs,
);

it.each([
  ["nobody has seen the notice", { ACTIVITY_TELEMETRY: undefined }],
  ["DO_NOT_TRACK says no", { DO_NOT_TRACK: "1" }],
  ["its variable says no", { ACTIVITY_TELEMETRY: "off" }],
])(
  "nothing is written or started where %s",
  async (_, environment) => {
    const run = await trial.run(program, environment);
    expect(run).toMatchObject({ code: 0, stderr: "", said: { recorded: 0, handedOver: 0 } });
    expect([readdirSync(trial.home), trial.flushers()]).toEqual([[], []]);
  },
  timeoutMs,
);

it(
  "a flusher at work stops when telemetry is switched off",
  async () => {
    const on = { ACTIVITY_TELEMETRY: undefined };
    const config = join(trial.home, ".config", "trial");
    const decide = (status: string): void =>
      writeFileSync(
        join(config, "telemetry.json"),
        JSON.stringify({ status, since: "2026-03-01T12:00:00Z" }),
      );
    mkdirSync(config, { recursive: true });
    decide("enabled");
    trial.collector.behave(() => ({ act: "hang" }));
    await trial.run(program, on);
    await trial.until(() => trial.collector.requests.length === 1);
    decide("disabled");
    trial.collector.behave(() => ({ act: "reset" }));
    await trial.collector.down();
    expect(await trial.until(() => trial.flushers().length === 0)).toBe(true);
    expect(readdirSync(spoolFolder()).filter((name) => name.endsWith(".ndjson"))).toEqual([]);
  },
  timeoutMs,
);

it.each([
  ["ACTIVITY_FLUSH=wait", { ACTIVITY_FLUSH: "wait" }],
  ["a build service", { CI: "true" }],
  ["a fetch of its own", { TRIAL_FETCH: "1" }],
])(
  "the command sends by itself with %s",
  async (_, environment) => {
    const { said } = await trial.run(program, { ...environment, TRIAL_CLOSE_MS: "60000" });
    expect(said).toMatchObject({ recorded: 4, handedOver: 0, delivered: 4 });
    expect([trial.arrived(), trial.flushers()]).toEqual([3, []]);
  },
  timeoutMs,
);

it(
  "a program that was started in the flusher's place ends at once",
  async () => {
    const run = await trial.run(program, { ACTIVITY_FLUSHER: "{}", TRIAL_END: "exit" });
    expect(run).toMatchObject({ code: 0, stderr: "", said: undefined });
    expect(readdirSync(trial.home)).toEqual([]);
  },
  timeoutMs,
);

function spoolFolder(): string {
  const root = join(trial.home, ".local", "state", "trial", "activity");
  return join(root, readdirSync(root)[0] ?? "");
}

/** The text of a file; empty where the flusher has removed it meanwhile: what has arrived is deleted. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return ""; // What `fs` throws has a code.
    throw cause;
  }
}
