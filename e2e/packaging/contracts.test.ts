/** The contracts of `@activity/core/testing` where users run them: in vitest and inside a page; jest's are everywhere. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Chromium } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import type { Consumer } from "./support/consumer.ts";
import { createConsumer, expectSuccess, installTimeoutMs } from "./support/consumer.ts";
import { packPublicPackages } from "./support/packed-packages.ts";

let consumer: Consumer | undefined;
let chromium: Chromium | undefined;
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "activity-contracts-"));
  consumer = await createConsumer(await packPublicPackages(scratch));
  chromium = await startChromium();
}, installTimeoutMs);

afterAll(async () => {
  await chromium?.stop();
  consumer?.remove();
  rmSync(scratch, { recursive: true, force: true });
});

/** All three contracts over what core brings itself. A broken sink forgets each event that it is given. */
const contracts = `
  import { createMemoryStore, memorySink } from "@activity/core";
  import { describeSinkContract, describeStoreContract, describeTransportContract, recordingTransport } from "@activity/core/testing";

  const forgetful = (sink) => new Proxy(sink, {
    get: (target, name) => {
      if (name === "record") return () => undefined;
      return typeof target[name] === "function" ? target[name].bind(target) : target[name];
    },
  });

  export function describeContracts(kit, isBroken) {
    describeSinkContract({
      name: "the memory sink",
      kit,
      immediate: true,
      create: () => {
        const sink = memorySink();
        return { sink: isBroken ? forgetful(sink) : sink, arrived: () => sink.texts, pass: async () => undefined };
      },
    });
    describeStoreContract({
      name: "the memory store",
      kit,
      create: (bounds) => ({ store: createMemoryStore(bounds) }),
    });
    describeTransportContract({
      name: "the recording transport",
      kit,
      create: () => {
        let failing = false;
        const transport = recordingTransport({
          verdicts: () => (failing ? { kind: "retry", reason: { code: "unreachable" } } : { kind: "delivered" }),
        });
        return {
          transport,
          arrived: () => transport.arrived,
          fail: () => { failing = true; },
          stall: () => transport.hold(),
          heal: () => { failing = false; transport.release(); },
        };
      },
    });
  }`;

/** A test runner of a few lines; `runContracts` answers what it found. */
const pageRunner = `
  import { describeContracts } from "./contracts.mjs";
  const tests = [];
  const plain = (value) => typeof value === "object" && value !== null;
  const same = (a, b) => {
    if (!plain(a) || !plain(b)) return Object.is(a, b);
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
  };
  const kit = {
    describe: (name, body) => body(),
    it: (name, body) => tests.push({ name, body }),
    expect: (actual) => {
      const fail = (expected) => { throw new Error(JSON.stringify(actual) + " is not " + JSON.stringify(expected)); };
      return {
        toBe: (expected) => Object.is(actual, expected) || fail(expected),
        toEqual: (expected) => same(actual, expected) || fail(expected),
      };
    },
  };
  globalThis.runContracts = async (isBroken) => {
    const found = { passed: 0, failed: [] };
    describeContracts(kit, isBroken);
    for (const { name, body } of tests.splice(0)) {
      try {
        await body();
        found.passed++;
      } catch (error) {
        found.failed.push(name + ": " + error);
      }
    }
    return found;
  };`;

describe("the contracts in vitest", () => {
  const run = async (isBroken: boolean) => {
    if (consumer === undefined) throw new Error("there is no project to run in");
    const folder = isBroken ? "vitest-broken" : "vitest-contracts";
    consumer.write({
      [`${folder}/contracts.mjs`]: contracts,
      [`${folder}/contracts.test.mjs`]: `
        import { describe, expect, it } from "vitest";
        import { describeContracts } from "./contracts.mjs";
        describeContracts({ describe, expect, it }, ${isBroken});`,
    });
    return consumer.tool("vitest/vitest.mjs", ["run", "--root", folder]);
  };

  it("pass", async () => {
    const outcome = await run(false);
    expectSuccess(outcome);
    expect(
      Number(/Tests\s+(\d+) passed/.exec(stripVTControlCharacters(outcome.output))?.[1]),
    ).toBeGreaterThan(40);
  });

  it("find a sink that forgets", async () => {
    const { code, output } = await run(true);
    expect({ code, found: /the memory sink keeps the contract/.test(output) }).toEqual({
      code: 1,
      found: true,
    });
  });
});

describe("the contracts inside a page", () => {
  const run = async (isBroken: boolean): Promise<{ readonly passed: number; readonly failed: string[] }> => {
    if (consumer === undefined || chromium === undefined) throw new Error("there is no page to run in");
    consumer.write({ "contracts.mjs": contracts, "page-runner.mjs": pageRunner });
    const flags = ["--bundle", "--format=iife", "--outfile=page-runner.out.js", "--log-level=warning"];
    const esbuild = join("..", "node_modules", ".bin", "esbuild");
    expectSuccess(await consumer.program(esbuild, ["page-runner.mjs", ...flags]));
    const { page } = await chromium.newTab();
    await page.addScriptTag({ content: readFileSync(join(consumer.folder, "page-runner.out.js"), "utf8") });
    const found = await page.evaluate(`runContracts(${isBroken})`);
    await page.close();
    return found as { passed: number; failed: string[] }; // What our runner answers.
  };

  it("pass", async () => {
    const { passed, failed } = await run(false);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(40);
  });

  it("find a sink that forgets", async () => {
    const { passed, failed } = await run(true);
    expect(failed.length).toBeGreaterThan(0);
    expect(passed).toBeGreaterThan(0);
  });
});
