/** Time and chance outside of a clock are found, however they come in. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { repositoryRoot } from "./run.mjs";

const hidden = [
  "export const a = Date.now();",
  "export const a = new Date();",
  "export const a = Math.random();",
  "export const a = performance.now();",
  "export const a = process.hrtime();",
  "export const a = process.hrtime.bigint();",
  "export const a = process.uptime();",
  "export const a = crypto.randomUUID();",
  "setTimeout(() => undefined, 1);",
  "globalThis.setTimeout(() => undefined, 1);",
  "window.setTimeout(() => undefined, 1);",
  'import { setImmediate } from "node:timers"; setImmediate(() => undefined);',
  'export { setTimeout } from "node:timers/promises";',
  'import { performance } from "node:perf_hooks"; export const a = performance;',
  'import { randomBytes } from "node:crypto"; export const a = randomBytes;',
  'import crypto from "node:crypto"; export const a = crypto;',
  'import * as chance from "node:crypto"; export const a = chance;',
  'import { nanoid } from "nanoid"; export const a = nanoid;',
  'export const a = await import("node:timers/promises");',
  'export const a = await import("node:crypto");',
  'export const a = process.getBuiltinModule("node:crypto");',
];
const open = [
  "export const a = new Date(0);",
  'import { createHash } from "node:crypto"; export const a = createHash;',
  "export const a = process.pid;",
];

describe("the lint for time and chance", () => {
  let folder;
  let found;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "activity-lint-"));
    for (const name of ["biome.json", "tools/lint", ".oxlintrc.json"])
      cpSync(join(repositoryRoot, name), join(folder, name), { recursive: true });
    // What needs types would have to be installed there, and is about promises.
    const settings = readFileSync(join(folder, ".oxlintrc.json"), "utf8");
    writeFileSync(
      join(folder, ".oxlintrc.json"),
      settings.replace('"typeAware": true', '"typeAware": false'),
    );
    const write = (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${text}\n`);
    };
    for (const [at, text] of hidden.entries()) write(`packages/any/src/hidden-${at}.ts`, text);
    for (const [at, text] of open.entries()) write(`packages/any/src/open-${at}.ts`, text);
    for (const [at, text] of hidden.entries()) write(`packages/any/src/part-${at}/clock.ts`, text);
    found = programs(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(hidden.map((text, at) => [text, at]))("finds %s", (_, at) => {
    expect(found).toContain(`hidden-${at}.ts`);
  });

  it("lets a given time, a hash and a clock alone", () => {
    expect(found).not.toMatch(/open-\d|part-\d/);
  });
});

/** What both linters say of time and chance in a folder, by the names of files. */
function programs(folder) {
  const bin = (name) => join(repositoryRoot, "node_modules", ".bin", name);
  const biome = ["lint", "--vcs-enabled=false", "--reporter=github", "--max-diagnostics=none", "."];
  const oxlint = ["--format=unix", "."];
  const said = [
    spawnSync(bin("biome"), biome, { cwd: folder, encoding: "utf8" }),
    spawnSync(bin("oxlint"), oxlint, { cwd: folder, encoding: "utf8" }),
  ];
  return said
    .flatMap(({ stdout, stderr }) => `${stdout}\n${stderr}`.split("\n"))
    .filter((line) => /Clock|createId|restricted/.test(line))
    .join("\n");
}
