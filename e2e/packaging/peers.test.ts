/** What our documents tell users to install and to start can be, by the npm that they have. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { run } from "../../tools/run.mjs";
import { expectSuccess } from "./support/consumer.ts";
import type { PackedPackage } from "./support/packed-packages.ts";
import { packPublicPackages } from "./support/packed-packages.ts";

let scratch: string;
let packed: readonly PackedPackage[] = [];

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "activity-peers-"));
  packed = await packPublicPackages(join(scratch, "tarballs"));
}, 240_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(["npm@10", "npm@11"])("%s", (npm) => {
  it("finds versions of all optional peers that go with our packages", async () => {
    const peers = packed.flatMap(({ manifest }) => Object.keys(manifest["peerDependencies"] ?? {}));
    expect(peers).toEqual(expect.arrayContaining(["@duckdb/node-api", "fastify", "isbot", "lz4-napi"]));
    const folder = project(npm);
    const resolve = ["--package-lock-only", ...packed.map(({ tarball }) => tarball), ...new Set(peers)];
    expectSuccess(await install(npm, folder, resolve));
    const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
    expect(Object.keys(packages)).toEqual(
      expect.arrayContaining(peers.map((peer) => `node_modules/${peer}`)),
    );
  }, 240_000);
});

describe("an installed intake", () => {
  let folder: string;
  beforeAll(async () => {
    folder = project("intake");
    const tarballs = packed.map(({ tarball }) => tarball);
    expectSuccess(await install("npm@11", folder, tarballs));
  }, 240_000);

  it("ends by the SIGTERM of whoever started it, which npx does not hand on", async () => {
    const child = spawn(join(folder, "node_modules", ".bin", "activity-intake"), {
      cwd: folder,
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    let output = "";
    for await (const chunk of child.stdout) {
      output += String(chunk);
      if (output.includes("everybody on this machine may send\n") && !child.killed) child.kill("SIGTERM");
    }
    expect(await ended).toEqual([0, null]);
    expect(output).toContain("activity-intake stopped: 0 event(s) taken");
  }, 60_000);

  it("answers a question in SQL with DuckDB installed beside the intake, as the message says", async () => {
    const event =
      '{"event_id":"1","event_time":"2026-01-02T03:04:05Z","event_type":"log","event_name":"hello"}\n';
    writeFileSync(join(folder, "events.ndjson"), event);
    const ask = (): ReturnType<typeof run> => {
      const command = join(folder, "node_modules", ".bin", "activity-intake");
      const sql = "SELECT event_name FROM events";
      return run(command, ["query", "--csv", sql, "events.ndjson"], { cwd: folder, output: "keep" });
    };
    const without = await ask();
    expect(without.code).toBe(2);
    const [, told = ""] = /npm install (\S+), beside @activity\/intake/.exec(without.output) ?? [];
    expectSuccess(await install("npm@11", folder, [told]));
    const { code, stdout } = await ask();
    expect([code, stdout]).toEqual([0, "event_name\nhello\n"]);
  }, 240_000);
});

function project(name: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  return folder;
}

function install(npm: string, folder: string, names: readonly string[]): ReturnType<typeof run> {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  return run("npx", ["--yes", npm, "install", ...flags, ...names], { cwd: folder, output: "keep" });
}
