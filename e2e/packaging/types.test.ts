/** Our types in the programs of users: strict, exactOptionalPropertyTypes, and nothing of ours skipped. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Consumer, createConsumer, expectSuccess, installTimeoutMs } from "./support/consumer.ts";
import { entries, isNodeOnly } from "./support/entries.ts";
import { type PackedPackage, packPublicPackages } from "./support/packed-packages.ts";
import { declarationsOf } from "./support/public-surface.ts";

const compilers = { "TypeScript 7": "typescript/bin/tsc", "TypeScript 5": "typescript-5/bin/tsc" };

/** Under node16 and nodenext one program holds an ES module and a CommonJS file. */
const formats = {
  node16: { files: ["use.mts", "use.cts"], settings: { module: "node16", moduleResolution: "node16" } },
  nodenext: { files: ["use.mts", "use.cts"], settings: { module: "nodenext", moduleResolution: "nodenext" } },
  bundler: { files: ["use.ts"], settings: { module: "esnext", moduleResolution: "bundler" } },
};

const libraries = {
  "with the DOM": {
    settings: { lib: ["es2023", "dom"], types: [] },
    usable: entries.filter((entry) => !isNodeOnly(entry)),
  },
  "without the DOM": {
    settings: { lib: ["es2023"], types: ["node"] },
    usable: entries.filter((entry) => !entry.startsWith("@activity/browser")),
  },
};

const keysOf = <Key extends string>(table: Record<Key, unknown>): Key[] => Object.keys(table) as Key[]; // own tables only

/** TypeScript 5 is five times as slow: nodenext, which differs from node16 in one condition, is left to 7. */
const cases = keysOf(compilers).flatMap((compiler) =>
  keysOf(formats)
    .filter((format) => compiler === "TypeScript 7" || format !== "nodenext")
    .flatMap((format) => keysOf(libraries).map((library) => ({ compiler, format, library }))),
);

describe("types in a strict program with skipLibCheck off", () => {
  let consumer: Consumer;
  let packed: readonly PackedPackage[] = [];
  let scratch: string;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "activity-types-"));
    packed = await packPublicPackages(scratch);
    consumer = await createConsumer(packed);
  }, installTimeoutMs);

  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
    consumer?.remove();
  });

  it.each(cases)("$compiler, $format, $library", async ({ compiler, format, library }) => {
    const folder = `${compiler} ${format} ${library}`.replaceAll(" ", "-");
    const { files, settings } = formats[format];
    const compilerOptions = {
      ...settings,
      ...libraries[library].settings,
      target: "es2022",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const text = useOf(libraries[library].usable);
    consumer.write({
      [`${folder}/tsconfig.json`]: JSON.stringify({ compilerOptions, files }),
      ...Object.fromEntries(files.map((file) => [`${folder}/${file}`, text])),
    });
    expectSuccess(await consumer.tool(compilers[compiler], ["-p", folder]));
  });

  it.each(keysOf(compilers))("a batch is the body of a request: %s", async (compiler) => {
    const folder = `body-${compiler.replaceAll(" ", "-")}`;
    const settings = {
      ...formats.bundler.settings,
      lib: ["es2023", "dom"],
      types: [],
      target: "es2022",
      strict: true,
      noEmit: true,
    };
    consumer.write({
      [`${folder}/tsconfig.json`]: JSON.stringify({ compilerOptions: settings, files: ["use.ts"] }),
      [`${folder}/use.ts`]: sendBatch,
    });
    expectSuccess(await consumer.tool(compilers[compiler], ["-p", folder]));
  });

  it("takes undefined for every option that may be left out", async () => {
    const options = packed.flatMap((owner) => owner.entries.flatMap((entry) => optionTypesOf(owner, entry)));
    expect(options.length).toBeGreaterThan(40);
    consumer.write({
      "undefined-options/tsconfig.json": JSON.stringify({
        compilerOptions: {
          ...formats.nodenext.settings,
          lib: ["es2023", "dom"],
          types: ["node"],
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: true,
          noEmit: true,
        },
        files: ["use.mts"],
      }),
      "undefined-options/use.mts": undefinedIn(options),
    });
    expectSuccess(await consumer.tool(compilers["TypeScript 7"], ["-p", "undefined-options"]));
  });
});

/** A batch is what `fetch` and Node's streams take, without a cast. */
const sendBatch = `
  import type { Batch } from "@activity/core";
  export const send = (url: string, { bytes, at }: Batch): Promise<unknown> =>
    Promise.all([fetch(url, { method: "POST", body: bytes }), fetch(url, { method: "POST", body: at(0) })]);`;

/** What users pass to us, by the names of types; and what those who write a transport, a store or a sink answer. */
const passedTypes = /^[A-Z]\w*(?:Options|Input|Settings|UnderTest|Verdict|Outcome|Reason|Clock|HttpAnswer)$/;

/** As in `import("@activity/core").ClientOptions`, with `any` for each parameter of a generic type. */
function optionTypesOf(owner: PackedPackage, entry: string): readonly string[] {
  const declarations = declarationsOf(owner, `.${entry.slice(owner.name.length)}`);
  const [own = ""] = declarations.split(/^\/\/ .*$/m).filter((text) => text.trim() !== "");
  const names = [...own.matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
    .flatMap(([, list = ""]) => list.split(","))
    .map((name) => name.trim().replace(/^(?:type )?(?:\w+ as )?/, ""));
  return names
    .filter((name) => passedTypes.test(name))
    .map((name) => {
      const [, parameters] = new RegExp(`(?:interface|type) ${name}<([^{=]*)>`).exec(declarations) ?? [];
      const given = parameters?.split(",").map(() => "any");
      return `import(${JSON.stringify(entry)}).${name}${given === undefined ? "" : `<${given.join(", ")}>`}`;
    });
}

/** A program that the compiler refuses, with the name of the type and the property, where one takes no undefined. */
function undefinedIn(types: readonly string[]): string {
  return [
    "type Narrow<T> = T extends object",
    "  ? { [K in keyof T]-?: {} extends Pick<T, K>",
    "        ? { [P in K]: undefined } extends Pick<T, K> ? never : K",
    "        : never }[keyof T]",
    "  : never;",
    "type Grouped<T> = T extends object",
    "  ? { [K in Extract<keyof T, `batch` | `limits` | `lease` | `retry` | `service`>]-?: Narrow<NonNullable<T[K]>> }[",
    "        Extract<keyof T, `batch` | `limits` | `lease` | `retry` | `service`>]",
    "  : never;",
    ...types.map(
      (type, at) =>
        `export const all${at}: [Narrow<${type}> | Grouped<${type}>] extends [never] ? true : Narrow<${type}> | Grouped<${type}> = true;`,
    ),
  ].join("\n");
}

/** Every entry is touched, and options are given `undefined`, as code under exactOptionalPropertyTypes does. */
function useOf(usable: readonly string[]): string {
  return [
    ...usable.map((entry, index) => `import * as entry${index} from ${JSON.stringify(entry)};`),
    'import { createClient, createEvent, memorySink, type ActivityEvent } from "@activity/core";',
    ...usable.map((_, index) => `export const names${index}: string[] = Object.keys(entry${index});`),
    "const maybe: string | undefined = names0[99];",
    'export const event: ActivityEvent = createEvent({ type: "metric", name: "x", id: maybe, attributes: undefined });',
    'const service = { name: "x", version: maybe };',
    "export const client = createClient({ service, sink: memorySink(), installId: maybe });",
    "export const timeoutMs: number | undefined = names0.length > 99 ? 1 : undefined;",
    "export const closed = client.close({ timeoutMs });",
    'client.track("login_start", { method: "github" });',
  ].join("\n");
}
