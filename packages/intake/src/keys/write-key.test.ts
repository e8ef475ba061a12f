import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { temporaryDirectory } from "../../test/intake-fixtures.ts";
import { createWriteKey, formatWriteKey, readKeyFile } from "./write-key.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, "keys");
});
afterEach(() => directory.remove());

describe("a write key", () => {
  it("stands in the file as a hash, with its name and limit", () => {
    const cli = createWriteKey("cli");
    const web = createWriteKey("web.staging", 50);
    const lines = [cli.entry, web.entry].map(formatWriteKey);
    writeFileSync(file, `# keys of the staging intake\n\n${lines.join("\r\n")}\n`);
    expect(readKeyFile(file)).toEqual([cli.entry, web.entry]);
    expect(lines.join()).not.toContain(cli.key);
    expect(cli.key).toMatch(/^wk_[\w-]{43}$/);
    expect(web.entry.eventsPerSecond).toBe(50);
  });

  it.each([
    ["cli secret", "line 1 of the key file is no key"],
    [`cli sha256:${"0".repeat(63)}`, "line 1 of the key file is no key"],
    [`cli sha256:${"0".repeat(64)} events-per-second=0`, "line 1 of the key file is no key"],
    [`cli sha256:${"0".repeat(64)}\ncli sha256:${"1".repeat(64)}`, "line 2 of the key file names cli again"],
  ])("is not read from %j", (text, message) => {
    writeFileSync(file, text);
    expect(() => readKeyFile(file)).toThrow(message);
    expect(() => readKeyFile(file)).not.toThrow("secret");
  });

  it.each(["", "two words", "a".repeat(65), "ключ"])("is not named %j", (name) => {
    expect(() => createWriteKey(name)).toThrow("1 to 64 letters");
  });
});
