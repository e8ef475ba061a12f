import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSegments } from "@activity/spool";
import { removeFolder } from "../../../e2e/support/remove-folder.ts";
import { runInContext } from "../src/commands/run-in-context.ts";

/** A directory that is gone after the test. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "activity-intake-"));
  return { path, remove: () => removeFolder(path) };
}

/** The text of a good event. */
export function eventText(id: number | string, attributes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    event_id: `id-${id}`,
    event_time: "2026-01-02T03:04:05.678Z",
    event_type: "behavioral",
    event_name: "click",
    ...attributes,
  });
}

/** Ids in the segments of a directory. */
export async function idsIn(directory: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const text of readSegments(directory))
    ids.push((JSON.parse(text) as { event_id: string }).event_id); // Events have ids.
  return ids;
}

export async function post(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/x-ndjson", ...headers },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }; // Every answer is an object.
}

/** `activity-intake` as a process of its own. */
export interface IntakeProcess {
  readonly child: ChildProcess;
  /** Everything it printed so far. */
  readonly output: () => string;
  /** The address that it prints. */
  readonly address: Promise<string>;
  /** The address of its live page, without the last slash. */
  readonly page: Promise<string>;
  readonly exited: Promise<number | null>;
}

const command = fileURLToPath(new URL("../bin/activity-intake.mjs", import.meta.url));
const running = new Set<ChildProcess>();

export function startIntake(
  environment: Record<string, string>,
  args: readonly string[] = ["serve"],
): IntakeProcess {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, ["--conditions=@activity/source", command, ...args], {
    env: { PATH, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  const printed = (pattern: RegExp): Promise<string> => {
    const found = new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", () => {
          const [, part] = pattern.exec(output) ?? [];
          if (part !== undefined) resolve(part);
        });
      }
      child.once("exit", () => reject(new Error(`the intake ended: ${output}`)));
    });
    found.catch(() => undefined); // A test that expects it to end does not ask.
    return found;
  };
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  const address = printed(/(http:\/\/\S+\/v1\/events)\n/);
  const page = printed(/live page: (http:\/\/\S+)\/\n/);
  const exited = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null; // By its documentation.
  });
  return { child, output: () => output, address, page, exited };
}

/** Waits until something is so; a minute at most. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error("it did not become so within a minute");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs a command of `activity-intake` to its end, in this process. */
export async function runIntake(
  environment: Record<string, string>,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly output: string }> {
  const said: { readonly line: string; readonly result: boolean }[] = [];
  const code = await runInContext(args, {
    environment,
    packageFolder: new URL("../", import.meta.url),
    print: (line) => said.push({ line: `${line}\n`, result: true }),
    printError: (line) => said.push({ line: `${line}\n`, result: false }),
    stopped: new Promise(() => undefined),
  });
  const results = said.filter(({ result }) => result);
  return {
    code,
    stdout: results.map(({ line }) => line).join(""),
    output: said.map(({ line }) => line).join(""),
  };
}

export function killIntakes(): void {
  for (const child of running) child.kill("SIGKILL");
}
