/**
 * The one door to every task: `node tools/dev.mjs TASK [arguments]`. Plain JavaScript without dependencies; it starts
 * on Node 20 or newer, brings a good Node and pnpm when they are missing, installs, builds, and runs the task.
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CommandFailed, MissingPrerequisite, must, repositoryRoot, run, say } from "./run.mjs";
import { prepareToolchain } from "./toolchain.mjs";

const tasks = {
  test: {
    about: "test [filter]: every check and test, or the jest tests whose path matches",
    file: "test-task.mjs",
  },
  demo: {
    about: "demo [--check] [--kafka] [--calm] [--keep]: six paths live",
    build: true,
    file: "demo-task.mjs",
  },
  lint: { about: "lint: biome, oxlint and our own checks", build: true, file: "lint-task.mjs" },
  format: { about: "format: rewrites every file in the house style", file: "format-task.mjs" },
  build: { about: "build: dist of every package", build: true },
  bench: {
    about: "bench NAME [--json] [--peers]: figures against bench/goals.json",
    build: true,
    file: "bench-task.mjs",
  },
  soak: {
    about: "soak NAME [--json] [--peers]: long tests with figures",
    build: true,
    file: "bench-task.mjs",
  },
  changeset: { about: "changeset: describe a change for its users", file: "changeset-task.mjs" },
  release: {
    about: "release: build and publish what has a new version",
    build: true,
    file: "release-task.mjs",
  },
  fetch: { about: "fetch kafka|chromium: what the end-to-end tests need", file: "fetch-task.mjs" },
};

/** Set for the second start, on the fetched Node, so that it can never start a third. */
const marker = "ACTIVITY_DEV_STARTED_ON";

process.exitCode = await main(process.argv.slice(2));

async function main([task, ...rest]) {
  const args = rest[0] === "--" ? rest.slice(1) : rest;
  if (task === undefined || !Object.hasOwn(tasks, task)) {
    say(
      `Usage: npm run TASK -- [arguments]\n${Object.values(tasks)
        .map(({ about }) => `  ${about}`)
        .join("\n")}`,
    );
    return task === undefined || task === "help" ? 0 : 2;
  }
  try {
    return await start(task, args);
  } catch (error) {
    if (error instanceof MissingPrerequisite) say(error.message);
    else if (error instanceof CommandFailed) say(`failed: ${error.message}`);
    else throw error;
    return error instanceof MissingPrerequisite ? 2 : 1;
  }
}

async function start(task, args) {
  const { env, nodeHere } = await prepareToolchain();
  if (!nodeHere) {
    if (process.env[marker] !== undefined)
      throw new MissingPrerequisite(`Still on Node ${process.version}: install Node 24.`);
    const again = [join(repositoryRoot, "tools", "dev.mjs"), task, ...args];
    return (await run("node", again, { env: { ...env, [marker]: process.version } })).code;
  }
  Object.assign(process.env, env);
  await install();
  if (tasks[task].build === true) await build(task === "build" ? "show" : "keep");
  if (tasks[task].file === undefined) return 0;
  const { main: runTask } = await import(new URL(tasks[task].file, import.meta.url));
  return (await runTask(args, { task })) ?? 0;
}

async function install() {
  const modules = join(repositoryRoot, "node_modules");
  if (existsSync(join(modules, ".package-lock.json"))) {
    say("node_modules was made by npm: making it again with pnpm.");
    rmSync(modules, { recursive: true, force: true });
  }
  const fresh = !existsSync(join(modules, ".modules.yaml"));
  if (fresh) say("Installing dependencies with pnpm (about 310 MB, once) ...");
  const args = ["install", "--frozen-lockfile", "--config.confirm-modules-purge=false"];
  await must("pnpm", fresh ? args : [...args, "--silent"], fresh ? {} : { output: "keep" });
}

/** Shows turbo's lines when the build is what was asked for, else only when it fails. */
async function build(output) {
  const args = ["exec", "turbo", "run", "build", "--output-logs=errors-only", "--log-prefix=none"];
  await must("pnpm", args, { output });
}
