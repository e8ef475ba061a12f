/** A dress rehearsal of a release, on a copy: version → build → publish to a loopback registry → install → use. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { linksIn } from "../../tools/check-links.mjs";
import { publicPackages } from "../../tools/public-packages.mjs";
import { must, repositoryRoot, run } from "../../tools/run.mjs";
import { copyRepository } from "../support/repository-copy.ts";

/** What the workflow's machine says of the repository. */
const actions = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "example-owner/example-name" };
const address = `${actions.GITHUB_SERVER_URL}/${actions.GITHUB_REPOSITORY}`;
// It installs and builds everything, from wherever npm gets it.
jest.setTimeout(900_000);
const names: readonly string[] = publicPackages().map(({ manifest }) => manifest.name);

describe("a release", () => {
  let scratch: string;
  let copy: string;
  let registry: ChildProcess | undefined;
  let npmrc: string;
  const inCopy = { output: "keep" as const, cwd: "" };
  const versionOf = (name: string): string =>
    publicPackages(copy).find(({ manifest }) => manifest.name === name)?.manifest.version;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "activity-release-"));
    copy = join(scratch, "copy");
    mkdirSync(copy);
    await copyRepository(copy);
    inCopy.cwd = copy;
    const [child, port] = await startRegistry(join(scratch, "registry"));
    registry = child;
    const host = `127.0.0.1:${port}`;
    npmrc = `@activity:registry=http://${host}/\n//${host}/:_authToken=rehearsal\n`;
    writeFileSync(join(copy, ".npmrc"), readFileSync(join(copy, ".npmrc"), "utf8") + npmrc);
    await must("pnpm", ["install", "--frozen-lockfile", "--prefer-offline", "--silent"], inCopy);
  });

  afterAll(() => {
    registry?.kill();
    rmSync(scratch, { recursive: true, force: true });
  });

  it("gives every package one new version and a changelog", async () => {
    const named = names.map((name) => `${JSON.stringify(name)}: patch`).join("\n");
    writeFileSync(join(copy, ".changeset", "rehearsal.md"), `---\n${named}\n---\n\nA rehearsal.\n`);
    const before = versionOf(names[0] ?? "");
    await must("pnpm", ["exec", "changeset", "version"], inCopy);
    const versions = new Set(names.map(versionOf));
    expect(versions.size).toBe(1);
    expect([...versions][0]).not.toBe(before);
    expect([...versions][0]).toMatch(/^\d+\.\d+\.\d+$/);
    for (const { folder } of publicPackages(copy)) {
      expect(readFileSync(join(folder, "CHANGELOG.md"), "utf8")).toContain("A rehearsal.");
    }
    await must(
      "git",
      ["commit", "--quiet", "--all", "--message", "chore(release): version packages"],
      inCopy,
    );
  });

  it("refuses to publish while git cannot tag", async () => {
    const nobody = {
      ...process.env,
      HOME: scratch,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: join(scratch, "none"),
    };
    const elsewhere = mkdtempSync(join(scratch, "nobody-"));
    await must("git", ["init", "--quiet"], { cwd: elsewhere, output: "keep" });
    const task = pathToFileURL(join(repositoryRoot, "tools", "release-task.mjs")).href;
    const script = `import { release } from ${JSON.stringify(task)}; await release({ cwd: process.cwd() });`;
    const { code, output } = await run("node", ["--input-type=module", "-e", script], {
      cwd: elsewhere,
      env: nobody,
      output: "keep",
    });
    expect({ code, refused: output.includes("git needs user.name and user.email") }).toEqual({
      code: 1,
      refused: true,
    });
  });

  it("refuses to publish packages that do not say where they come from", async () => {
    const env = { ...process.env, GITHUB_REPOSITORY: "" };
    const { code, output } = await run("node", ["tools/dev.mjs", "release"], { ...inCopy, env });
    expect({ code, refused: output.includes('GITHUB_REPOSITORY is ""') }).toEqual({ code: 2, refused: true });
  });

  it("publishes and tags every package, and leaves the files as they were", async () => {
    const status = async (): Promise<string> => (await must("git", ["status", "--porcelain"], inCopy)).stdout;
    const before = await status();
    await must("node", ["tools/dev.mjs", "release"], { ...inCopy, env: { ...process.env, ...actions } });
    expect(await status()).toBe(before);
    const { stdout } = await must("git", ["tag", "--list"], inCopy);
    expect(stdout.trim().split("\n").toSorted()).toEqual(
      names.map((name) => `${name}@${versionOf(name)}`).toSorted(),
    );
  });

  it("publishes nothing a second time", async () => {
    const env = { ...process.env, ...actions };
    const { output } = await must("node", ["tools/dev.mjs", "release"], { ...inCopy, env });
    expect(output).not.toMatch(/New tag/);
  });

  it("can be installed, imported, required and used by a stranger", async () => {
    const project = join(scratch, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{ "private": true }\n');
    writeFileSync(join(project, ".npmrc"), npmrc);
    const inProject = { cwd: project, output: "keep" as const };
    await must(
      "npm",
      ["install", "--prefix", project, "--no-audit", "--no-fund", "--prefer-offline", ...names],
      inProject,
    );
    for (const name of names) {
      const manifest = readFileSync(join(project, "node_modules", name, "package.json"), "utf8");
      expect(manifest).not.toMatch(/"(?:workspace|catalog):/);
      expect(JSON.parse(manifest).version).toBe(versionOf(name));
    }
    await expectToSayWhereTheyComeFrom(project);
    writeFileSync(
      join(project, "use.mjs"),
      `import { createClient, memorySink } from "@activity/core";
      import { createRequire } from "node:module";
      const sink = memorySink();
      const activity = createClient({ service: { name: "shop", version: "1.0.0" }, sink });
      activity.track("checkout_start", { items: 3 });
      await activity.close({ timeoutMs: 1_000 });
      const required = createRequire(import.meta.url)("@activity/core");
      const names = sink.events.map((event) => event.event_name);
      console.log(names.includes("checkout_start"), required.createClient === createClient);`,
    );
    const { stdout } = await must("node", ["use.mjs"], inProject);
    expect(stdout.trim()).toBe("true true");
  });

  /** As npm demands it of packages with provenance; and every link of a README leads somewhere from npm's page too. */
  async function expectToSayWhereTheyComeFrom(project: string): Promise<void> {
    const commit = (await must("git", ["rev-parse", "HEAD"], inCopy)).stdout.trim();
    let links = 0;
    for (const { manifest, path } of publicPackages(copy)) {
      const folder = join(project, "node_modules", manifest.name);
      expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).repository).toEqual({
        type: "git",
        url: `git+${address}.git`,
        directory: path,
      });
      const readme = readFileSync(join(folder, "README.md"), "utf8");
      expect(linksIn(readme)).toEqual([]);
      for (const [, file = ""] of readme.matchAll(
        new RegExp(`\\]\\(${address}/blob/${commit}/([^)#]+)`, "g"),
      )) {
        await must("git", ["cat-file", "-e", `${commit}:${file}`], inCopy);
        links += 1;
      }
    }
    expect(links).toBeGreaterThan(5);
  }
});

async function startRegistry(folder: string): Promise<[ChildProcess, string]> {
  mkdirSync(folder);
  const script = fileURLToPath(new URL("registry.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface(child.stdout)) {
    if (/^\d+$/.test(line)) return [child, line];
  }
  throw new Error("The registry ended before it said its port");
}
