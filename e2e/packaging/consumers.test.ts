/** The tarballs in the hands of users: Node, test runners, bundlers, edge rules, deno and bun. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Consumer, createConsumer, expectSuccess, installTimeoutMs } from "./support/consumer.ts";
import { entries, isNodeOnly, isProgram, universalEntries } from "./support/entries.ts";
import { type PackedPackage, packPublicPackages } from "./support/packed-packages.ts";
import { compareWithCommitted, declarationsOf, fileNameOf } from "./support/public-surface.ts";

let packed: readonly PackedPackage[] = [];
let consumer: Consumer;
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "activity-consumers-"));
  packed = await packPublicPackages(scratch);
  consumer = await createConsumer(packed);
}, installTimeoutMs);

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
  consumer?.remove();
});

describe.each(entries)("%s in Node", (entry) => {
  it("is one instance for import and require, and warns of nothing", async () => {
    consumer.write({
      "both.mjs": `
        import { createRequire } from "node:module";
        import * as imported from ${JSON.stringify(entry)};
        const required = createRequire(import.meta.url)(${JSON.stringify(entry)});
        const names = Object.keys(imported);
        const different = names.filter((name) => imported[name] !== required[name]);
        process.stdout.write(JSON.stringify({ some: names.length > 0, different }));`,
    });
    const { code, output } = await consumer.node(["both.mjs"]);
    expect({ code, output }).toEqual({
      code: 0,
      output: JSON.stringify({ some: !isProgram(entry), different: [] }),
    });
  });

  it("is loaded as one file, not as every module of ours", async () => {
    const script = `
      import { createRequire } from "node:module";
      const required = createRequire(import.meta.url).resolve(${JSON.stringify(entry)});
      console.log(JSON.stringify([import.meta.resolve(${JSON.stringify(entry)}), required]));`;
    consumer.write({ "resolve.mjs": script });
    const { stdout } = await consumer.node(["resolve.mjs"]);
    for (const path of JSON.parse(stdout)) expect(path).toMatch(/[\\/]dist[\\/]bundled[\\/]/);
  });

  it("exports what was agreed on", async () => {
    const script = `const all = await import(${JSON.stringify(entry)});
      for (const name of Object.keys(all).sort()) console.log(name + ": " + typeof all[name]);`;
    const { code, stdout } = await consumer.node(["--input-type=module", "-e", script]);
    expect(code).toBe(0);
    const { committed, current } = compareWithCommitted(`${fileNameOf(entry)}.exports.txt`, stdout);
    expect(current).toBe(committed);
  });

  it("has the types that were agreed on", () => {
    const owner = packed.find(({ name }) => entry === name || entry.startsWith(`${name}/`));
    if (owner === undefined) throw new Error(`${entry} belongs to no package`);
    const declarations = declarationsOf(owner, `.${entry.slice(owner.name.length)}`);
    const { committed, current } = compareWithCommitted(`${fileNameOf(entry)}.d.ts.txt`, declarations);
    expect(current).toBe(committed);
  });

  it("does nothing with timers, the network or chance while it is imported", async () => {
    const script = `
      const forbid = (owner, name) => Object.defineProperty(owner, name, {
        configurable: true,
        value: () => { throw new Error(name + " at module scope"); },
      });
      for (const name of ["setTimeout", "setInterval", "setImmediate", "fetch"]) forbid(globalThis, name);
      for (const name of ["getRandomValues", "randomUUID"]) forbid(crypto, name);
      forbid(Math, "random");
      await import(${JSON.stringify(entry)});`;
    expectSuccess(await consumer.node(["--input-type=module", "-e", script]));
  });
});

describe("@activity/core in two copies", () => {
  it("recognises the other copy's events and errors", async () => {
    const script = `
      import * as modules from "@activity/core";
      import { createRequire } from "node:module";
      const home = createRequire(import.meta.url).resolve("@activity/core/package.json");
      const common = createRequire(home)("./dist/cjs/index.cjs");
      const [event, other] = [modules, common].map(({ createEvent }) => createEvent({ type: "metric", name: "x" }));
      const [error, otherError] = [modules, common].map(({ ActivityError }) => new ActivityError("CLOSED", "x"));
      console.log(JSON.stringify([
        modules.createEvent === common.createEvent,
        modules.isEvent(other), common.isEvent(event), modules.isEvent({ event_id: "x" }),
        otherError instanceof modules.ActivityError, error instanceof common.ActivityError,
        new Error("x") instanceof modules.ActivityError,
      ]));`;
    const { stdout } = await consumer.node(["--input-type=module", "-e", script]);
    expect(JSON.parse(stdout)).toEqual([false, true, true, false, true, true, false]);
  });

  it("shares one copy between its CommonJS entries", async () => {
    const script = `
      const { createRequire } = require("node:module");
      const load = createRequire(require.resolve("@activity/core/package.json"));
      const { ActivityError } = load("./dist/cjs/index.cjs");
      const files = Object.keys(require.cache).filter((file) => /core.dist.cjs/.test(file));
      const before = files.length;
      for (const entry of ["schema", "catalog", "node", "testing"]) load("./dist/cjs/" + entry + "/index.cjs");
      const copies = Object.keys(require.cache).filter((file) =>
        /core.dist.cjs/.test(file) && require("node:fs").readFileSync(file, "utf8").includes('Symbol.for("@activity/error")'));
      console.log(JSON.stringify([typeof ActivityError, before > 0, copies.length]));`;
    const { stdout, output } = await consumer.node(["-e", script]);
    expect({ output, result: JSON.parse(stdout || "null") }).toEqual({
      output,
      result: ["function", true, 1],
    });
  });
});

describe("a package that is used only where it is installed", () => {
  it("is asked for in one sentence, by modules and by CommonJS", async () => {
    const expected =
      "INVALID_OPTION isbot is not installed; @activity/proxy/bots needs it: npm install isbot";
    const tell = "(error) { console.log(error.code + ' ' + error.message); }";
    consumer.write({
      "without-peer.mjs": `import { withoutBots } from "@activity/proxy/bots"; try { withoutBots(); } catch ${tell}`,
      "without-peer.cjs": `const { withoutBots } = require("@activity/proxy/bots"); try { withoutBots(); } catch ${tell}`,
    });
    for (const file of ["without-peer.mjs", "without-peer.cjs"]) {
      const { code, stdout } = await consumer.node([file]);
      expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: expected });
    }
  });
});

describe("the README of @activity/core", () => {
  it("has a sample that prints what it says", async () => {
    const core = packed.find(({ name }) => name === "@activity/core");
    const readme = readFileSync(join(core?.folder ?? "", "README.md"), "utf8");
    const [, sample = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    const [, promised = ""] = /console\.log\(.*\/\/ (.*)$/m.exec(sample) ?? [];
    consumer.write({ "sample.mts": sample });
    const { code, output, stdout } = await consumer.node(["sample.mts"]);
    expect({ code, output }).toEqual({ code: 0, output: stdout });
    expect((stdout.match(/[a-z_]+/g) ?? []).join(", ")).toBe(promised);
    expect(promised).not.toBe("");
  });
});

describe("test runners without settings", () => {
  const suite = `
    test("loads every entry", () => {
      for (const entry of ENTRIES) expect(Object.keys(require(entry)).length).toBeGreaterThan(0);
    });
    test("records an event", () => {
      const { createEvent, isEvent } = require("@activity/core");
      expect(isEvent(createEvent({ type: "metric", name: "x" }))).toBe(true);
    });`;

  const importable = entries.filter((entry) => !/browser/.test(entry) && !isProgram(entry));

  it.each([
    ["node", importable],
    ["jsdom", entries.filter((entry) => !isNodeOnly(entry))],
  ])("plain jest in %s passes and ends by itself", async (environment, usable) => {
    const folder = `jest-${environment}`;
    consumer.write({
      [`${folder}/package.json`]: "{}",
      [`${folder}/use.test.js`]: suite.replace("ENTRIES", JSON.stringify(usable)),
    });
    const args = ["--rootDir", folder, `--env=${environment}`, "--ci", "--detectOpenHandles"];
    const outcome = await consumer.tool("jest/bin/jest.js", args);
    expectSuccess(outcome);
    expect(outcome.output).toContain("2 passed");
    expect(outcome.output).not.toMatch(/open handle|did not exit/);
    expect(outcome.seconds).toBeLessThan(60);
  });

  it("vitest passes", async () => {
    consumer.write({
      "vitest/use.test.mjs": `
        import { expect, test } from "vitest";
        import { createEvent, isEvent } from "@activity/core";
        test("loads every entry", async () => {
          for (const entry of ${JSON.stringify(importable)}) expect(Object.keys(await import(entry)).length).toBeGreaterThan(0);
        });
        test("records an event", () => expect(isEvent(createEvent({ type: "metric", name: "x" }))).toBe(true));`,
    });
    const outcome = await consumer.tool("vitest/vitest.mjs", ["run", "--root", "vitest"]);
    expectSuccess(outcome);
    expect(outcome.output).toMatch(/2 passed/);
  });
});

/** Bundles and minifies `text` with esbuild, as the page of a user would. */
async function bundle(name: string, text: string, flags: readonly string[]): Promise<string> {
  consumer.write({ [`${name}.mjs`]: text });
  const args = [
    `${name}.mjs`,
    "--bundle",
    "--minify",
    `--outfile=${name}.out.js`,
    "--log-level=warning",
    ...flags,
  ];
  expectSuccess(await consumer.program(join("..", "node_modules", ".bin", "esbuild"), args));
  return readFileSync(join(consumer.folder, `${name}.out.js`), "utf8");
}

/** What pages and edge runtimes have, and Node too. */
const webGlobals = {
  AbortController,
  AbortSignal,
  TextDecoder,
  TextEncoder,
  URL,
  clearTimeout,
  crypto,
  performance,
  queueMicrotask,
  setTimeout,
};

describe.each(universalEntries)("%s in bundles", (entry) => {
  it("costs nothing when nothing of it is used", async () => {
    const text = await bundle("bare", `import ${JSON.stringify(entry)};`, [
      "--format=esm",
      "--platform=neutral",
    ]);
    expect(Buffer.byteLength(text)).toBeLessThan(200);
  });

  it("runs where there is neither Buffer nor process", async () => {
    const flags = ["--format=iife", "--global-name=entry", "--platform=browser"];
    const text = await bundle("edge", `export * from ${JSON.stringify(entry)};`, flags);
    const context = createContext({ ...webGlobals });
    expect(
      runInContext(`${text}; [typeof Buffer, typeof process, Object.keys(entry).length > 0].join()`, context),
    ).toBe("undefined,undefined,true");
  });

  it("is understood by webpack", async () => {
    consumer.write({
      "webpack.mjs": `import * as entry from ${JSON.stringify(entry)}; globalThis.found = Object.keys(entry).length;`,
      "run-webpack.cjs": `
        const options = { mode: "production", entry: "./webpack.mjs", output: { path: __dirname, filename: "webpack.out.js", publicPath: "/" } };
        require("webpack")(options, (error, stats) => {
          if (error ?? stats.hasErrors()) { console.error(error ?? stats.toString()); process.exit(1); }
          globalThis.self = globalThis; // As every page has it.
          require("./webpack.out.js");
          process.exit(globalThis.found > 0 ? 0 : 1);
        });`,
    });
    expectSuccess(await consumer.node(["run-webpack.cjs"]));
  });

  it("is understood by rolldown, which Vite uses", async () => {
    consumer.write({
      "rolldown.mjs": `import * as entry from ${JSON.stringify(entry)}; globalThis.found = Object.keys(entry).length;`,
    });
    expectSuccess(
      await consumer.tool("rolldown/bin/cli.mjs", [
        "rolldown.mjs",
        "--dir",
        "rolldown-out", // What is loaded later is a file of its own.
        "--platform=browser",
      ]),
    );
    const script = 'await import("./rolldown-out/rolldown.js"); process.exit(globalThis.found > 0 ? 0 : 1);';
    expectSuccess(await consumer.node(["--input-type=module", "-e", script]));
  });
});

describe("an event recorded by a page that was made by", () => {
  const use = `
    import { createClient, memorySink } from "@activity/core";
    const sink = memorySink();
    createClient({ sink, onProblem: ({ message }) => { throw new Error(message); } }).track("click");
    globalThis.recorded = sink.events.length;`;
  const recordedBy = (text: string): unknown => {
    const context = createContext({ ...webGlobals });
    runInContext(text, context);
    return context["recorded"];
  };

  it("esbuild needs nothing but the web", async () => {
    expect(recordedBy(await bundle("page", use, ["--format=iife", "--platform=browser"]))).toBe(1);
  });

  it("webpack needs nothing but the web", async () => {
    consumer.write({
      "page.mjs": use,
      "run-webpack.cjs": `
        const options = { mode: "production", target: "web", entry: "./page.mjs", output: { path: __dirname, filename: "page.webpack.js" } };
        require("webpack")(options, (error, stats) => {
          if (error ?? stats.hasErrors()) { console.error(error ?? stats.toString()); process.exit(1); }
        });`,
    });
    expectSuccess(await consumer.node(["run-webpack.cjs"]));
    expect(recordedBy(readFileSync(join(consumer.folder, "page.webpack.js"), "utf8"))).toBe(1);
  });

  it("rolldown needs nothing but the web", async () => {
    consumer.write({ "page.mjs": use });
    const flags = ["--file", "page.rolldown.js", "--platform=browser", "--format=iife"];
    expectSuccess(await consumer.tool("rolldown/bin/cli.mjs", ["page.mjs", ...flags]));
    expect(recordedBy(readFileSync(join(consumer.folder, "page.rolldown.js"), "utf8"))).toBe(1);
  });
});

describe("@activity/core on the wire", () => {
  it("weighs at most 6,950 bytes gzipped with a client, a memory sink and one event", async () => {
    const use = `
      import { createClient, memorySink } from "@activity/core";
      createClient({ service: { name: "x", version: "1" }, sink: memorySink() }).track("login_start");`;
    const text = await bundle("weight", use, ["--format=esm", "--platform=browser"]);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(6_950);
  });
});

describe("other runtimes", () => {
  const uses = {
    "@activity/core": `
      import { createEvent, isEvent } from "@activity/core";
      const required = createRequire(import.meta.url)("@activity/core");
      const event = createEvent({ type: "metric", name: "x" });
      const found = [isEvent(event), required.isEvent(event)];`,
    "@activity/browser": `
      import { createBrowserClient, redactUrl } from "@activity/browser";
      const client = createBrowserClient({ service: { name: "x", version: "1" }, url: "https://example.com/v1/events" });
      client.track("click");
      const found = [(await client.close()).canSend === false, redactUrl("https://example.com/?token=x").includes("example.com")];`,
    "@activity/sink-intake": `
      import { createClient, intakeSink } from "@activity/sink-intake";
      let arrived = 0;
      const intake = createServer((request, response) => {
        request.on("data", (bytes) => { arrived += bytes.length; }).on("end", () => response.writeHead(202).end());
      });
      await new Promise((resolve) => intake.listen(0, "127.0.0.1", resolve));
      const url = "http://127.0.0.1:" + intake.address().port + "/v1/events";
      const sink = intakeSink({ url, app: "x", directory: mkdtempSync(join(tmpdir(), "activity-runtime-")) });
      const client = createClient({ service: { name: "x", version: "1" }, sink });
      client.track("login_start");
      const { delivered } = await client.close({ timeoutMs: 10_000 });
      intake.close();
      const found = [delivered === 2, arrived > 0]; // The event, and that its source is closed.`,
  };
  const imports = `
    import { mkdtempSync } from "node:fs";
    import { createServer } from "node:http";
    import { createRequire } from "node:module";
    import { tmpdir } from "node:os";
    import { join } from "node:path";`;
  const runtimes = [
    ["deno", "@deno", "", "deno", ["run", "--no-config", "--no-remote", "-A", "--node-modules-dir=manual"]],
    ["bun", "@oven", "bun-", join("bin", "bun"), ["run"]],
  ] as const;

  const cases = runtimes.flatMap(([runtime, scope, prefix, binary, args]) =>
    Object.entries(uses).map(([name, use]) => ({ runtime, name, scope, prefix, binary, args, use })),
  );
  it.each(cases)("$runtime imports $name and uses it", async ({ scope, prefix, binary, args, use }) => {
    consumer.write({
      "runtime.mjs": `${imports}${use}\nconsole.log(JSON.stringify(found)); process.exit(0);`,
    });
    const home = consumer.installed(scope, prefix);
    if (home === undefined) throw new Error(`npm installed no binary of ${scope}`);
    const { code, stdout, output } = await consumer.program(join(home, binary), [...args, "runtime.mjs"]);
    expect({ code, stdout: stdout.trim(), output }).toEqual({ code: 0, stdout: "[true,true]", output });
  });
});
