import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { temporaryDirectory } from "../../test/intake-fixtures.ts";
import { KeyFile } from "./key-file.ts";
import { createWriteKey, formatWriteKey } from "./write-key.ts";
import { checkWriteKeys } from "./write-keys.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
let told: string[];
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, "keys");
  told = [];
});
afterEach(() => directory.remove());

const [cli, web, other] = ["cli", "web", "other"].map((name) => createWriteKey(name));
if (cli === undefined || web === undefined || other === undefined) throw new Error("three keys are needed");

const write = (...keys: (typeof cli)[]): void =>
  writeFileSync(path, keys.map(({ entry }) => `${formatWriteKey(entry)}\n`).join(""));

/** A file that is looked at whenever the test says so. */
function open(others: readonly string[] = []) {
  let nowMs = 0;
  const wake: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    monotonic: () => nowMs,
    sleep: () => new Promise((resolve) => wake.push(resolve)),
  };
  const file = new KeyFile({ path, others, clock, tell: ({ message }) => told.push(message) });
  const stop = new AbortController();
  void file.watch(stop.signal);
  const check = checkWriteKeys(file);
  const nameOf = (key: string): string | undefined => {
    const header = (name: string): string | undefined =>
      name === "authorization" ? `Bearer ${key}` : undefined;
    return check({
      method: "POST",
      header,
      body: () => ({ kind: "consumed" }),
      decoders: {},
      native: undefined,
    })?.key.name;
  };
  return {
    file,
    nameOf,
    pass: async (ms: number): Promise<void> => {
      nowMs += ms;
      wake.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
    later: (ms: number): void => {
      nowMs += ms;
    },
  };
}

describe("a key file", () => {
  it("lets a new key in at its first request, before it is looked at anyway", () => {
    write(cli);
    const { nameOf, later } = open(["from-the-environment"]);
    expect([nameOf(cli.key), nameOf(web.key), nameOf("from-the-environment")]).toEqual([
      "cli",
      undefined,
      "key-1",
    ]);
    write(cli, web);
    later(100);
    expect([nameOf(web.key), nameOf(cli.key)]).toEqual(["web", "cli"]);
    expect(told).toEqual(["the key file has 2 key(s) now: 1 new, 0 gone"]);
  });

  it("refuses a key that was removed from the second look on, without a request in between", async () => {
    write(cli, web);
    const { nameOf, pass } = open();
    write(web);
    await pass(1_000);
    expect([nameOf(cli.key), nameOf(web.key)]).toEqual(["cli", "web"]);
    await pass(1_000);
    expect([nameOf(cli.key), nameOf(web.key)]).toEqual([undefined, "web"]);
    expect(told).toEqual(["the key file has 1 key(s) now: 0 new, 1 gone"]);
  });

  it("refuses nobody while the file is emptied and written anew", async () => {
    write(cli);
    const { nameOf, pass } = open();
    write();
    await pass(1_000);
    expect(nameOf(cli.key)).toBe("cli");
    write(cli, web);
    await pass(1_000);
    await pass(1_000);
    expect([nameOf(cli.key), nameOf(web.key)]).toEqual(["cli", "web"]);
  });

  it("may have another key under a known name", async () => {
    write(cli);
    const { nameOf, pass } = open();
    const renewed = createWriteKey("cli");
    write(renewed);
    await pass(1_000);
    expect([nameOf(renewed.key), nameOf(cli.key)]).toEqual(["cli", "cli"]);
    await pass(1_000);
    expect([nameOf(renewed.key), nameOf(cli.key)]).toEqual(["cli", undefined]);
  });

  it("keeps its keys while it is bad or gone, and says so once for each reason", async () => {
    write(cli);
    const { nameOf, pass } = open();
    writeFileSync(path, `${formatWriteKey(cli.entry)}\nweb secret\n`);
    await pass(1_000);
    await pass(1_000);
    rmSync(path);
    await pass(1_000);
    await pass(1_000);
    expect(nameOf(cli.key)).toBe("cli");
    expect(told).toEqual([
      expect.stringContaining("the keys stay as they were: line 2 of the key file is no key"),
      expect.stringContaining("cannot be read (ENOENT)"),
    ]);
    write(other);
    await pass(1_000);
    await pass(1_000);
    expect([nameOf(cli.key), nameOf(other.key)]).toEqual([undefined, "other"]);
  });

  it("keeps what a key has spent of its limit", async () => {
    write(cli);
    const { file, pass } = open();
    const [before] = file.keys;
    write(web, cli);
    await pass(1_000);
    expect(file.keys).toHaveLength(2);
    expect(file.keys).toContain(before);
  });
});
