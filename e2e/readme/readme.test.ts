import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { removeFolder } from "../support/remove-folder.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
/** Below our packages, and no file of the repository: others list and copy those meanwhile. */
const cache = fileURLToPath(new URL("../.cache/", import.meta.url));

/** The sample that is marked with a name behind its language. */
function sample(name: string): string {
  const found = new RegExp(`\`\`\`ts ${name}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (found === undefined) throw new Error(`README.md has no sample named ${name}`);
  return found;
}

let samples: string;
let home: string;
let intake: Server;
let taken = "";
beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  samples = mkdtempSync(join(cache, "readme-"));
  home = mkdtempSync(join(tmpdir(), "activity-readme-"));
  intake = createServer((request, response) => {
    request.setEncoding("latin1").on("data", (chunk: string) => {
      taken += chunk;
    });
    request.on("end", () => response.writeHead(202, { "content-type": "application/json" }).end("{}"));
  });
  await new Promise<void>((resolve) => intake.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  intake.closeAllConnections();
  await new Promise((resolve) => intake.close(resolve));
  for (const folder of [home, samples]) removeFolder(folder);
});

/** Runs a sample as a program of its own, on the built packages, and returns what it printed. */
async function run(name: string, args: readonly string[] = [], own: NodeJS.ProcessEnv = {}): Promise<string> {
  const file = join(samples, `${name}.ts`);
  writeFileSync(file, sample(name));
  const { port } = intake.address() as AddressInfo; // It listens on a port.
  const env = {
    ...process.env,
    HOME: home,
    XDG_STATE_HOME: home,
    XDG_CONFIG_HOME: home,
    // Whoever runs this, and wherever: the person of a sample shares usage data.
    DO_NOT_TRACK: "0",
    ACTIVITY_TELEMETRY: "on",
    INTAKE_URL: `http://127.0.0.1:${port}/v1/events`,
    ...own,
  };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file, ...args], {
    env,
    timeout: 120_000,
  });
  expect(stderr).toBe("");
  return stdout;
}

describe("the samples of the README", () => {
  it.each([["service"], ["command"], ["server"]])("%s has twelve lines at most", (name) => {
    expect(sample(name).trim().split("\n").length).toBeLessThanOrEqual(12);
  });

  it("records in a service, and prints where there is no Kafka", async () => {
    const printed = await run("service");
    for (const text of [
      'login_start service_name="admin-server"',
      'method="github"',
      "value=52428800",
      "the connector is gone",
      "source_closed",
    ]) {
      expect(printed).toContain(text);
    }
  });

  it("delivers what a command recorded", async () => {
    await run("command", [], { ACTIVITY_TELEMETRY: "on" });
    // Perhaps by a process that outlives it; where nothing comes, the test's own bound ends this.
    while (taken === "") await sleep(20);
  });

  it("answers for what its notice names", async () => {
    const off = { DO_NOT_TRACK: "1" };
    expect(await run("command", ["telemetry", "status"], off)).toContain(
      "telemetry is off: DO_NOT_TRACK is set",
    );
    expect(await run("command", ["telemetry", "disable"], off)).toContain("telemetry is off; 0 event(s)");
  });

  it("takes events in a server of one's own", async () => {
    expect(await run("server")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/events\n$/);
  });
});
