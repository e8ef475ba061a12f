import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeFolder } from "../../support/remove-folder.ts";
import type { Collector } from "./collector.ts";
import { startCollector } from "./collector.ts";
import { proxyStore } from "./final-store.ts";
import type { IntakeProgramReport, IntakeProgramSettings, ToldProblem } from "./intake-program.ts";
import type { ProgramRun } from "./start-program.ts";
import { startProgram } from "./start-program.ts";

/** A home of its own for programs whose disk will fail, and an intake that is well. */
export interface DiskTrial {
  readonly home: string;
  /** The address of its intake; programs send with the key `wk_1`. */
  readonly url: string;
  /** The directory of spools below that home. */
  readonly spools: string;
  /** The one spool in it, once a program has recorded something. */
  folder(): string;
  /** Runs a program that records events and ends. */
  run(options: DiskRunOptions): Promise<ProgramRun<IntakeProgramReport>>;
  /** Ids of the numbered events that the intake has stored, each as often as it stands there. */
  stored(): readonly string[];
  /** Waits until the intake has so many distinct ones: a flusher outlives its command. */
  arrived(count: number): Promise<void>;
  end(): Promise<void>;
}

/** What a program of a disk trial does, and how it is started. */
export interface DiskRunOptions
  extends Pick<IntakeProgramSettings, "events" | "end" | "flushMs" | "untilSentMs"> {
  readonly environment?: Readonly<Record<string, string>>;
  readonly starter?: readonly string[];
}

const program = new URL("intake-program.ts", import.meta.url);
const sharing = { DO_NOT_TRACK: "0", ACTIVITY_TELEMETRY: "on" };

export async function startDiskTrial(client: "service" | "cli"): Promise<DiskTrial> {
  const home = mkdtempSync(join(tmpdir(), "activity-disk-"));
  const spools = join(home, ".local", "state", "trial", "activity");
  const store = proxyStore();
  const collector: Collector = await startCollector(store);
  return {
    home,
    url: collector.url,
    spools,
    folder: () => {
      const [name = ""] = readdirSync(spools);
      return join(spools, name);
    },
    run: ({ environment = {}, starter, ...settings }) =>
      startProgram<IntakeProgramReport>(program, {
        // What it can deliver it delivers, however busy the machine is.
        settings: { closeTimeoutMs: 60_000, ...settings, client, url: collector.url, directory: spools },
        environment: { HOME: home, ...sharing, ...environment },
        timeoutMs: 240_000,
        ...(starter === undefined ? {} : { starter }),
      }).ended,
    stored: () => store.stored.map(({ id }) => id),
    arrived: async (count) => {
      const deadline = performance.now() + 60_000;
      const distinct = (): number => new Set(store.stored.map(({ id }) => id)).size;
      while (distinct() < count && performance.now() < deadline) await sleep(10);
    },
    end: async () => {
      await collector.close();
      removeFolder(home);
    },
  };
}

/** What is wrong with a program that should have ended well: its exit, its output, its ledger. */
export function faultsOf({
  code,
  signal,
  stderr,
  reports,
}: ProgramRun<IntakeProgramReport>): readonly string[] {
  const report = reports.at(-1);
  const { recorded = 0, adopted = 0, delivered = 0, handedOver = 0, droppedBy = {} } = report?.ledger ?? {};
  // What a command hands over is sent by its flusher, which the test waits for at the intake.
  const rest = recorded + adopted - delivered - handedOver - (droppedBy.corrupt ?? 0);
  return [
    ...(code === 0 ? [] : [`ended with ${code ?? signal}`]),
    ...stderr.map((line) => `on stderr: ${line}`),
    ...(report?.unhandledRejections ? ["an unhandled rejection"] : []),
    ...(rest === 0 ? [] : [`${rest} event(s) were not delivered`]),
  ];
}

/** The problems that a program was told, by code and reason. */
export function problemsOf({
  reports,
}: ProgramRun<IntakeProgramReport>): readonly Omit<ToldProblem, "count">[] {
  return (reports.at(-1)?.problems ?? []).map(({ code, reason, times }) => ({ code, reason, times }));
}

/** The one problem of a disk that cannot be used. */
export const oneProblem = [{ code: "store", reason: "no_spool", times: 1 }];

/**
 * What starts a program for whom permissions count. Root passes over them by a capability, and keeps being the
 * owner of its files without.
 */
export function mortal(): readonly string[] {
  if (process.geteuid?.() !== 0) return [];
  const starter = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"];
  need(starter, "run these tests as another user than root, or install setpriv (util-linux)");
  return starter;
}

/** What starts a program with mounts of its own, which end with it: `script` makes them. */
export function withMounts(script: string): readonly string[] | undefined {
  const own = process.geteuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
  const starter = ["unshare", ...own, "sh", "-c", `${script} && exec "$0" "$@"`];
  return works(starter) ? starter : undefined;
}

function works(starter: readonly string[]): boolean {
  const [command = "", ...args] = [...starter, "true"];
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function need(starter: readonly string[], advice: string): void {
  if (!works(starter)) throw new Error(`This machine cannot take rights from a program: ${advice}.`);
}
