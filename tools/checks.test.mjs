/** Each check finds what it is for: a check that cannot fail is worth nothing. */
import { describe, expect, it } from "@jest/globals";
import { importsIn, problemWith } from "./check-arrows.mjs";
import { packagesNamedIn } from "./check-changeset.mjs";
import { problemsInText } from "./check-committed-text.mjs";
import { exportsForUsers } from "./check-exports.mjs";
import { isAllowed } from "./check-licences.mjs";
import { anchorsIn, linksIn } from "./check-links.mjs";

describe("arrows", () => {
  it("reads every kind of import, and leaves doc comments alone", () => {
    const source = [
      '/** Example: import { x } from "not-this"; */',
      'import { a } from "one";',
      'import type { B } from "two";',
      'export { c } from "three";',
      'const d = await import("four");',
      'import "five";',
      "import {",
      "  e,",
      '} from "six";',
    ].join("\n");
    expect(importsIn(source)).toEqual([
      { target: "one", typeOnly: false },
      { target: "two", typeOnly: true },
      { target: "three", typeOnly: false },
      { target: "four", typeOnly: false },
      { target: "five", typeOnly: false },
      { target: "six", typeOnly: false },
    ]);
  });

  const table = {
    core: { main: ["nanoid"], folders: { schema: ["valibot"], node: ["node:*"] } },
    spool: { main: ["@activity/core*"] },
  };

  it.each([
    ["core/src/event/event.ts", "nanoid", true],
    ["core/src/event/event.ts", "valibot", false],
    ["core/src/schema/index.ts", "valibot", true],
    ["core/src/event/event.ts", "node:fs", false],
    ["core/src/node/index.ts", "node:fs", true],
    ["core/src/event/event.ts", "../clock.ts", true],
    ["core/src/event/event.ts", "../clock", false],
    ["core/src/event/event.ts", "../schema/index.ts", false],
    ["core/src/testing/index.ts", "../schema/index.ts", true],
    ["core/src/index.ts", "./schema/index.ts", false],
    ["core/src/event/event.ts", "../../../spool/src/index.ts", false],
    ["core/src/event/event.test.ts", "fast-check", true],
    ["spool/src/index.ts", "@activity/core/testing", true],
    ["core/src/index.ts", "@activity/spool", false],
    ["unknown/src/index.ts", "nanoid", false],
  ])("%s importing %s: %p", (file, target, fine) => {
    expect(problemWith(`packages/${file}`, { target }, table) === undefined).toBe(fine);
  });

  it("opens a folder to another that names it", () => {
    const table = { proxy: { main: [], folders: { node: [], fastify: ["./node"], other: [] } } };
    const from = (folder) =>
      problemWith(`packages/proxy/src/${folder}/a.ts`, { target: "../node/b.ts" }, table);
    expect([from("fastify"), from("other")]).toEqual([undefined, "only node/ itself may import from node/"]);
  });

  it("lets types through into the main entry", () => {
    const imported = { target: "../schema/index.ts", typeOnly: true };
    expect(problemWith("packages/core/src/event/event.ts", imported, table)).toBeUndefined();
  });
});

describe("committed text", () => {
  it.each([
    ["see /home/ann/project", 1],
    ["see /mnt/x-1 and /Users/ann", 2],
    ["npm install --registry https://registry.npmjs.org", 1],
    ["http://192.168.1.4:8080", 1],
    ["https://example.com/home/page", 0],
    ["the folder packages/home/src and ./work/x", 0],
    ["http://127.0.0.1:4873", 0],
  ])("%s: %p", (text, count) => {
    expect(problemsInText(text)).toHaveLength(count);
  });
});

describe("links", () => {
  it("finds relative links only, outside of code", () => {
    const text =
      '[a](docs/a.md) [b](https://x.test) `[c](c.md)` [d](#part "title")\n```\n[e](e.md)\n```\n[f]: ../f.md\n';
    expect(linksIn(text)).toEqual(["docs/a.md", "#part", "../f.md"]);
  });

  it("makes anchors as the web page does", () => {
    expect(anchorsIn("# The `ack` level\n## A & B\n## A & B\n")).toEqual(["the-ack-level", "a--b", "a--b-1"]);
  });
});

describe("licences", () => {
  it.each([
    ["MIT", true],
    ["(MIT OR GPL-3.0)", true],
    ["MIT AND GPL-3.0", false],
    ["GPL-3.0", false],
    ["none stated", false],
  ])("%s: %p", (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});

describe("changesets", () => {
  it("names the packages of the head only", () => {
    const text =
      '---\n"@activity/core": minor\n\'@activity/spool\': patch\n---\n\n"@activity/proxy": major\n';
    expect(packagesNamedIn(text)).toEqual(["@activity/core", "@activity/spool"]);
    expect(packagesNamedIn("---\n---\n")).toEqual([]);
  });
});

describe("exports for users", () => {
  it("puts module-sync first, then import, then require", () => {
    const made = exportsForUsers({
      "./x": { "@activity/source": "./src/x/index.ts" },
      "./package.json": "./package.json",
    });
    expect(Object.keys(made["./x"])).toEqual(["module-sync", "import", "require"]);
    expect(made["./x"].require).toEqual({
      types: "./dist/cjs/x/index.d.cts",
      default: "./dist/cjs/x/index.cjs",
    });
    expect(made["./package.json"]).toBe("./package.json");
  });
});
