import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { writeConfigFile } from "./config-file.ts";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "activity-config-"));
  path = join(directory, "shop", "file.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const content = (): readonly [text: string, names: readonly string[]] => [
  readFileSync(path, "utf8"),
  readdirSync(join(directory, "shop")),
];

it("writes once, or always", () => {
  expect(writeConfigFile(path, "1", "once")).toBe(true);
  expect(writeConfigFile(path, "2", "once")).toBe(false);
  expect(content()).toEqual(["1", ["file.json"]]);
  expect(writeConfigFile(path, "3", "always")).toBe(true);
  expect(content()).toEqual(["3", ["file.json"]]);
});

it("does first what has to happen before, and only where there is no file", () => {
  const fails = (): void => {
    throw new Error("not shown");
  };
  expect(() => writeConfigFile(path, "1", { onceAfter: fails })).toThrow("not shown");
  expect(readdirSync(join(directory, "shop"))).toEqual([]);
  expect(writeConfigFile(path, "2", { onceAfter: () => undefined })).toBe(true);
  expect(writeConfigFile(path, "3", { onceAfter: fails })).toBe(false);
  expect(content()).toEqual(["2", ["file.json"]]);
});

it("writes once on a disk that knows no second names", () => {
  const module = fileURLToPath(new URL("config-file.ts", import.meta.url));
  const script = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    fs.linkSync = () => { throw Object.assign(new Error("not permitted"), { code: "EPERM" }) };
    syncBuiltinESMExports();
    const { writeConfigFile } = await import(${JSON.stringify(module)});
    console.log(writeConfigFile(${JSON.stringify(path)}, "1", "once"), writeConfigFile(${JSON.stringify(path)}, "2", "once"));
  `;
  const args = ["--conditions=@activity/source", "--input-type=module", "-e", script];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("true false\n");
  expect(content()).toEqual(["1", ["file.json"]]);
});
