/**
 * A project of a user: an empty folder in which npm installed our tarballs. The tools that users have (jest, vitest,
 * compilers, bundlers, other runtimes) lie one folder above, installed once for this checkout.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { must, repositoryRoot, run } from "../../../tools/run.mjs";
import type { PackedPackage } from "./packed-packages.ts";

export interface Consumer {
  readonly folder: string;
  /** Writes files below the folder. */
  write(files: Readonly<Record<string, string>>): void;
  /** Runs a program of node_modules with Node, as in `tool("jest/bin/jest.js", ["--ci"])`. */
  tool(script: string, args: readonly string[]): Promise<Outcome>;
  /** Runs Node. */
  node(args: readonly string[]): Promise<Outcome>;
  /** Runs another program, such as deno. */
  program(file: string, args: readonly string[]): Promise<Outcome>;
  /** A file or folder of the tools' node_modules whose name begins so, or undefined. */
  installed(scope: string, prefix: string): string | undefined;
  remove(): void;
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly stdout: string;
  readonly seconds: number;
}

/** Fails with the whole output of the program, and says nothing else. */
export function expectSuccess({ code, output }: Outcome): void {
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
}

/** For a hook that makes one: the first of a checkout installs the tools, from wherever npm gets them. */
export const installTimeoutMs = 900_000;

/** Users have none of the variables that npm, pnpm and jest set for us. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_(?:package|lifecycle)|jest_|node_env|node_options)/i.test(name),
  ),
);

export async function createConsumer(packages: readonly PackedPackage[]): Promise<Consumer> {
  const tools = await installTools();
  const folder = mkdtempSync(join(tools, "project-"));
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  await npmInstall(
    folder,
    packages.map(({ tarball }) => tarball),
  );
  const start = (file: string, args: readonly string[]): Promise<Outcome> =>
    run(file, [...args], { cwd: folder, env: environment, output: "keep" });
  return {
    folder,
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
    },
    tool: (script, args) => start(process.execPath, [join(tools, "node_modules", script), ...args]),
    node: (args) => start(process.execPath, args),
    program: start,
    installed(scope, prefix) {
      const home = join(tools, "node_modules", scope);
      const name = existsSync(home) ? readdirSync(home).find((entry) => entry.startsWith(prefix)) : undefined;
      return name === undefined ? undefined : join(home, name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function installTools(): Promise<string> {
  const source = fileURLToPath(new URL("../consumer-tools/package.json", import.meta.url));
  const key = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 12);
  const home = join(repositoryRoot, ".cache", `consumer-${process.platform}-${process.arch}-${key}`);
  if (existsSync(home)) {
    removeLeftovers(home);
    return home;
  }
  const partial = `${home}-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  copyFileSync(source, join(partial, "package.json"));
  await npmInstall(partial, []);
  try {
    renameSync(partial, home);
  } catch (cause) {
    // Another test of the same run was faster.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(home)) throw cause;
  }
  return home;
}

/** Projects of runs that were killed, an hour ago or more. */
function removeLeftovers(home: string): void {
  for (const name of readdirSync(home)) {
    const folder = join(home, name);
    const old = name.startsWith("project-") && statSync(folder).mtimeMs < Date.now() - 3_600_000;
    if (old) rmSync(folder, { recursive: true, force: true });
  }
}

async function npmInstall(folder: string, names: readonly string[]): Promise<void> {
  const flags = [
    "--prefix",
    folder,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--loglevel=error",
  ];
  await must("npm", ["install", ...flags, ...names], { cwd: folder, env: environment, output: "keep" });
}
