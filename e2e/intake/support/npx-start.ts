/** A stranger's first minute: an empty folder, an empty home, and our tarballs, as a registry would give them out. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { packPublicPackages } from "../../packaging/support/packed-packages.ts";
import { scratchFolder } from "./intake-process.ts";

export interface NpxIntake {
  readonly url: string;
  readonly page: string;
  /** From the command to the address, in seconds. */
  readonly seconds: number;
  /** The empty folder. */
  readonly folder: string;
  /** Ends it as a person would, and removes everything; gives the exit code. */
  stop(): Promise<number | null>;
}

/** What `npx @activity/intake` installs of ours. */
const needed = ["core", "proxy", "spool", "sink-kafka", "intake"].map((name) => `@activity/${name}`);

/** Packs the packages and starts the command from their tarballs; everything else comes from the registry that npm is set to. */
export async function startByNpx(): Promise<NpxIntake> {
  const scratch = scratchFolder();
  const packed = await packPublicPackages(join(scratch.path, "tarballs"));
  const tarballs = packed
    .filter(({ name }) => needed.includes(name))
    .map(({ tarball }) => `--package=${tarball}`);
  const folder = join(scratch.path, "empty");
  const home = join(scratch.path, "home");
  for (const path of [folder, home]) mkdirSync(path);
  // Which registry this machine is set to is no part of the trial.
  const settings = join(homedir(), ".npmrc");
  if (existsSync(settings)) cpSync(settings, join(home, ".npmrc"));
  const startedAt = performance.now();
  const child = spawn("npx", ["--yes", "--no-audit", "--no-fund", ...tarballs, "activity-intake"], {
    cwd: folder,
    env: { ...withoutNpm(process.env), HOME: home, npm_config_cache: join(home, "cache"), PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // npx starts a shell, and that the command.
  });
  const output = await untilPrinted(child, /live page: \S+\/\n/);
  return {
    url: /listens on (\S+)/.exec(output)?.[1] ?? "",
    page: /live page: (\S+)\/\n/.exec(output)?.[1] ?? "",
    seconds: (performance.now() - startedAt) / 1_000,
    folder,
    stop: async () => {
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      process.kill(-(child.pid ?? 0), "SIGINT"); // As Ctrl-C does.
      const code = await ended;
      scratch.remove();
      return code;
    },
  };
}

/** Users have none of the variables that npm and pnpm set for us. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(?:npm_(?:package|lifecycle)|jest_|node_env|node_options)/i.test(name),
    ),
  );
}

function untilPrinted(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (pattern.test(output)) resolve(output);
      });
    }
    child.once("error", reject);
    child.once("close", () => reject(new Error(`npx ended: ${output}`)));
  });
}
