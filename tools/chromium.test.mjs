import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findChromium, installedChromium } from "./chromium.mjs";
import { MissingPrerequisite } from "./run.mjs";

describe("looking for Chromium", () => {
  let folder;
  const before = process.env.CHROMIUM;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "activity-chromium-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.CHROMIUM;
    else process.env.CHROMIUM = before;
  });

  it("finds a program on the path, and passes over a file that cannot be run", () => {
    const file = join(folder, "chromium");
    writeFileSync(file, "#!/bin/sh\n");
    chmodSync(file, 0o644);
    const elsewhere = installedChromium("");
    expect(installedChromium(folder)).toBe(elsewhere);
    chmodSync(file, 0o755);
    expect(installedChromium(["", folder].join(delimiter))).toBe(file);
  });

  it("takes the one that CHROMIUM names, and says so when that is none", async () => {
    process.env.CHROMIUM = process.execPath;
    expect(await findChromium()).toBe(process.execPath);
    process.env.CHROMIUM = join(folder, "nothing");
    await expect(findChromium()).rejects.toThrow(MissingPrerequisite);
  });
});
