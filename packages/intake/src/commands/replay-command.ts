import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import type { Sink } from "@activity/core";
import { ActivityError, httpContract, quote, systemClock } from "@activity/core";
import type { EventProxy, ProxyRequest, RejectedEvent } from "@activity/proxy";
import { createProxy } from "@activity/proxy";
import type { IntakeSettings } from "../settings/intake-settings.ts";
import { readSettings } from "../settings/intake-settings.ts";
import type { DeadLetter, DeadLetterFile } from "../storage/dead-letters.ts";
import {
  DeadLetters,
  deadLetterDirectory,
  listDeadLetters,
  listTaken,
  takenSuffix,
} from "../storage/dead-letters.ts";
import { openSink } from "../storage/open-sink.ts";
import { lockReplay } from "../storage/replay-lock.ts";
import { storedIds } from "../storage/stored-ids.ts";
import type { CommandContext } from "./command-context.ts";

const usage = "usage: activity-intake replay [--list] [CODE …]";
const batchEvents = 500;

/** What became of the dead letters of a replay. */
interface ReplayCounts {
  accepted: number;
  duplicates: number;
  rejected: number;
  /** Lines that hold no dead letter. */
  unreadable: number;
}

/**
 * Tries dead letters again, with the settings as they are now: those of some reasons, or all. What is rejected
 * again becomes a dead letter again. An intake may run meanwhile. Gives the exit code: 0, or 1 when any
 * was rejected.
 */
export async function replayCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const { environment, print } = context;
  const codes = args.filter((arg) => arg !== "--list");
  const unknown = codes.find((code) => code.startsWith("-"));
  if (unknown !== undefined)
    throw new ActivityError("INVALID_OPTION", `replay has no ${quote(unknown)}\n${usage}`);
  const settings = readSettings({ ...environment, HOST: "127.0.0.1" });
  const directory = deadLetterDirectory(settings.directory);
  const chosen = (): readonly DeadLetterFile[] =>
    listDeadLetters(directory).filter(({ code }) => codes.length === 0 || codes.includes(code));
  if (args.includes("--list")) {
    for (const { path, code } of chosen()) print(`${code}\t${readLetters(path).letters.length}\t${path}`);
    return 0;
  }
  if (!existsSync(directory)) {
    print("there is nothing to replay");
    return 0;
  }
  const letGo = lockReplay(directory);
  try {
    putBack(directory);
    const files = chosen();
    if (files.length > 0)
      return sayCounts(await replayFiles(files, { settings, directory, context }), context);
    print("there is nothing to replay");
    return 0;
  } finally {
    letGo();
  }
}

function sayCounts(
  { accepted, duplicates, rejected, unreadable }: ReplayCounts,
  { print, printError }: CommandContext,
): number {
  if (unreadable > 0) printError(`activity-intake: ${unreadable} line(s) hold no dead letter and are gone`);
  print(`${accepted} event(s) taken, ${duplicates} known already, ${rejected} rejected again`);
  return rejected + unreadable === 0 ? 0 : 1;
}

interface ReplayContext {
  readonly settings: IntakeSettings;
  readonly directory: string;
  readonly context: CommandContext;
}

async function replayFiles(
  files: readonly DeadLetterFile[],
  { settings, directory, context }: ReplayContext,
): Promise<ReplayCounts> {
  const counts: ReplayCounts = { accepted: 0, duplicates: 0, rejected: 0, unreadable: 0 };
  const sink: Sink = await openSink(settings);
  sink.onProblem = ({ code, message }) => context.printError(`activity-intake: ${code}: ${message}`);
  const again: RejectedEvent[] = [];
  const proxy = createProxy({
    sink,
    ack: "durable",
    limits: {
      ...settings.limits,
      maxBodyBytes: Number.MAX_SAFE_INTEGER,
      maxBytesInFlight: Number.MAX_SAFE_INTEGER,
    },
    onProblem: () => undefined, // Everything is in the answer.
    onAnswer: ({ accepted, duplicates, rejected }) => {
      counts.accepted += accepted.length;
      counts.duplicates += duplicates;
      counts.rejected += rejected.length;
      again.push(...rejected);
    },
  });
  try {
    if (settings.kafka === undefined)
      for await (const id of storedIds(settings.directory)) proxy.remember([id]);
    const letters = new DeadLetters({
      directory,
      maxBytes: Number.POSITIVE_INFINITY,
      clock: systemClock,
      tell: ({ message }) => {
        throw new Error(message); // The file stays where it is.
      },
    });
    for (const { path } of files) {
      const { textless, unreadable } = await replayFile(path, proxy);
      counts.rejected += textless.length;
      counts.unreadable += unreadable;
      letters.keep([...again.splice(0), ...textless]);
      rmSync(`${path}${takenSuffix}`);
    }
  } finally {
    await sink.close();
  }
  return counts;
}

/**
 * Takes a file away from an intake that may still write to it, and tries its letters. What holds no text is
 * given back. Where events cannot be stored the file is put back.
 */
async function replayFile(
  path: string,
  proxy: EventProxy,
): Promise<{ readonly textless: readonly RejectedEvent[]; readonly unreadable: number }> {
  const taken = `${path}${takenSuffix}`;
  renameSync(path, taken);
  const { letters, unreadable } = readLetters(taken);
  const texts = letters.flatMap(({ event }) => event ?? []);
  for (let from = 0; from < texts.length; from += batchEvents) {
    const { status, body } = await proxy.handle(requestOf(texts.slice(from, from + batchEvents)));
    if (status === httpContract.status.accepted || status === httpContract.status.noneValid) continue;
    renameSync(taken, path);
    throw new Error(`the events could not be stored: ${body}`);
  }
  const textless = letters
    .filter(({ event }) => event === null)
    .map(({ code, pointer, detail }) => ({ text: undefined, problem: { index: 0, code, pointer, detail } }));
  return { textless, unreadable };
}

function requestOf(texts: readonly string[]): ProxyRequest {
  // Line ends within an event stand between tokens: anywhere else they are no JSON.
  const text = texts.map((one) => one.replace(/[\r\n]+/g, " ")).join("\n");
  return {
    method: "POST",
    header: (name) => (name === "content-type" ? "application/x-ndjson" : undefined),
    body: () => ({ kind: "text", text }),
    decoders: {},
    native: undefined,
  };
}

function readLetters(path: string): {
  readonly letters: readonly DeadLetter[];
  readonly unreadable: number;
} {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const letters = lines.flatMap((line) => toLetter(line) ?? []);
  return { letters, unreadable: lines.length - letters.length };
}

/** `undefined` for what its writer died over, or somebody has edited. */
function toLetter(line: string): DeadLetter | undefined {
  try {
    const letter = JSON.parse(line) as Partial<DeadLetter> | null; // Looked at below.
    const { code = "other", pointer = "", detail = "", event, ...rest } = letter ?? {};
    if (typeof event !== "string" && event !== null) return undefined;
    return { rejected_at: "", ...rest, code, pointer, detail, event };
  } catch {
    return undefined;
  }
}

/** A replay that was cut off leaves its file under the name that it took it away by. */
function putBack(directory: string): void {
  for (const path of listTaken(directory)) renameSync(path, path.slice(0, -takenSuffix.length));
}
