import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program's life, from its start to its end. */
export interface ProgramRun<R> {
  /** What it said on stdout: one value of JSON a line. */
  readonly reports: readonly R[];
  readonly stderr: readonly string[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly elapsedMs: number;
}

/** A program that runs. */
export interface Program<R> {
  /** Resolves when it has said something, or has ended. */
  readonly spoken: Promise<void>;
  readonly ended: Promise<ProgramRun<R>>;
  kill(): void;
}

/** How a program is started. */
export interface ProgramOptions {
  /** Given as its one argument, as JSON. */
  readonly settings: unknown;
  /** All that it finds in its environment, `PATH` aside. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What starts it: a command that takes another one behind its own arguments, such as `setpriv …`. @defaultValue nothing */
  readonly starter?: readonly string[];
  /** After that it is killed. @defaultValue 60,000 */
  readonly timeoutMs?: number;
}

/** Starts a TypeScript program, which runs against the built packages. */
export function startProgram<R>(
  file: URL,
  { settings, environment = {}, starter = [], timeoutMs = 60_000 }: ProgramOptions,
): Program<R> {
  const startedAt = performance.now();
  const flags = ["--disable-warning=ExperimentalWarning", fileURLToPath(file), JSON.stringify(settings)];
  const [command = process.execPath, ...args] = [...starter, process.execPath, ...flags];
  const child = spawn(command, args, {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const lines = createInterface({ input: child.stdout });
  const reports: R[] = [];
  const stderr: string[] = [];
  lines.on("line", (line) => {
    reports.push(JSON.parse(line) as R); // The program is ours, and so is what it says.
  });
  createInterface({ input: child.stderr }).on("line", (line) => stderr.push(line));
  let elapsedMs = 0;
  child.once("exit", () => {
    elapsedMs = performance.now() - startedAt;
  });
  return {
    spoken: Promise.race([once(lines, "line"), once(lines, "close")]).then(() => undefined),
    ended: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ reports, stderr, code, signal, elapsedMs }));
    }),
    kill: () => {
      child.kill("SIGKILL");
    },
  };
}
