import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerSnapshot } from "@activity/core";
import type { Collector } from "../../failures/support/collector.ts";
import { startCollector } from "../../failures/support/collector.ts";
import type { ProxyStore } from "../../failures/support/final-store.ts";
import { proxyStore } from "../../failures/support/final-store.ts";
import { removeFolder } from "../../support/remove-folder.ts";

/** How a command ended. */
export interface CommandRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** What it said of itself, where it closed its client. */
  readonly said: (LedgerSnapshot & { readonly closeMs: number }) | undefined;
}

/** A person's machine with one program on it, and an intake. */
export interface FlusherTrial {
  readonly home: string;
  readonly collector: Collector;
  readonly store: ProxyStore;
  /** Runs a command of the program. */
  run(program: readonly [file: string, ...args: string[]], environment?: Environment): Promise<CommandRun>;
  /** The flushers that work on this machine, by process id. */
  flushers(): readonly number[];
  /** Waits until something is so, for a minute at most; says whether it came to be. */
  until(condition: () => boolean): Promise<boolean>;
  /** The steps that arrived, each once however often it came, and repeats with another id as often as they came. */
  arrived(): number;
  /** Ends what still runs, and removes everything. */
  end(): Promise<void>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a program is run with: the person shares usage data, and nothing is inherited. */
const sharing = { ACTIVITY_TELEMETRY: "on" };

export async function startTrial(): Promise<FlusherTrial> {
  const home = mkdtempSync(join(tmpdir(), "activity-flusher-"));
  const store = proxyStore();
  const collector = await startCollector(store);
  const flushers = (): readonly number[] => flushersOf(home);

  async function until(condition: () => boolean): Promise<boolean> {
    const deadline = performance.now() + 60_000;
    while (!condition() && performance.now() < deadline) await sleep(20);
    return condition();
  }

  return {
    home,
    collector,
    store,
    flushers,
    until,
    run: ([file, ...args], environment = {}) =>
      runCommand(file, args, {
        HOME: home,
        PATH: process.env["PATH"],
        ...sharing,
        TRIAL_URL: collector.url,
        ...environment,
      }),
    arrived: () => store.events.filter(({ event_name }) => event_name === "command_step").length,
    end: async () => {
      for (const pid of flushers()) process.kill(pid, "SIGKILL");
      await until(() => flushers().length === 0);
      await collector.close();
      removeFolder(home);
    },
  };
}

/** The variables of a process, as the system knows them. */
export function environmentOf(pid: number): Readonly<Record<string, string>> {
  const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}

/** How a process was started, as the system knows it. */
export function commandLineOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
}

async function runCommand(file: string, args: readonly string[], env: Environment): Promise<CommandRun> {
  const child = spawn(file, args, { env: { ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null]; // By its documentation.
  return { code, signal, stderr, said: stdout === "" ? undefined : JSON.parse(stdout) };
}

/** Every process that carries a flusher's job for a home. It deletes its variable, but the system keeps what it was started with. */
function flushersOf(home: string): readonly number[] {
  if (!existsSync("/proc/self/environ")) throw new Error("this test looks at processes under /proc");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return environmentOf(pid)["ACTIVITY_FLUSHER"]?.includes(home) === true;
      } catch {
        return false; // It has ended, or is another's.
      }
    });
}
