import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A folder with packages as npm installs them, programs that use them, and a home for each. */
export interface Installation<Name extends string> {
  readonly root: string;
  readonly programs: Readonly<Record<Name, string>>;
  /** A person's who has seen the notice. */
  homeOf(name: Name): string;
  /** Empties a home of what waits to be sent. What earlier runs of the program left otherwise stays. */
  refreshHome(name: Name): void;
}

const packages = fileURLToPath(new URL("../../packages", import.meta.url));
const installed = ["core", "spool", "sink-intake"];

/** Makes one from what is built. The programs are given as text. */
export function createInstallation<Name extends string>(
  texts: Readonly<Record<Name, string>>,
): Installation<Name> {
  const root = mkdtempSync(join(tmpdir(), "activity-startup-"));
  for (const name of installed) install(name, root);
  const programs = Object.fromEntries(
    Object.entries<string>(texts).map(([name, text]) => {
      const file = join(root, `${name.replaceAll(" ", "-")}.mjs`);
      writeFileSync(file, text);
      return [name, file];
    }),
  ) as Record<Name, string>; // The same keys.
  const homeOf = (name: Name): string => join(root, `home of ${name}`);
  for (const name of Object.keys(texts) as Name[]) makeHome(homeOf(name)); // As above.
  return { root, programs, homeOf, refreshHome: (name) => emptySpool(homeOf(name)) };
}

/** Kills the flushers that work for a home; returns how many. */
export async function endFlushers(home: string): Promise<number> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isFlusherOf(name, home));
  for (const pid of pids) process.kill(Number(pid), "SIGKILL");
  while (pids.some((pid) => isFlusherOf(pid, home))) await sleep(5);
  return pids.length;
}

/** Copies what the tarball of a package holds, with the manifest that pnpm would write. */
function install(name: string, root: string): void {
  const from = join(packages, name);
  const to = join(root, "node_modules", "@activity", name);
  const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "package.json"), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
  cpSync(join(from, "dist"), join(to, "dist"), { recursive: true });
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    const link = join(root, "node_modules", dependency);
    if (dependency.startsWith("@activity/") || existsSync(link)) continue;
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(realpathSync(join(from, "node_modules", dependency)), link);
  }
}

function makeHome(home: string): void {
  const config = join(home, ".config", "shop");
  mkdirSync(config, { recursive: true });
  const since = "2026-03-01T12:00:00.000Z";
  writeFileSync(join(config, "telemetry.json"), JSON.stringify({ status: "noticed", since }));
  writeFileSync(join(config, "activity.json"), JSON.stringify({ install_id: "a".repeat(36) }));
}

function emptySpool(home: string): void {
  const spool = join(home, ".local", "state", "shop", "activity");
  if (!existsSync(spool)) return;
  for (const folder of readdirSync(spool))
    for (const file of readdirSync(join(spool, folder))) rmSync(join(spool, folder, file));
}

function isFlusherOf(pid: string, home: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`"directory":"${home}`);
  } catch {
    return false; // It has ended.
  }
}
