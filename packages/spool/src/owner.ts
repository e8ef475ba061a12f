import { readFileSync, readlinkSync } from "node:fs";
import { isPassing } from "./passing-failure.ts";
import { randomBytes } from "./random-bytes.ts";

/**
 * Who writes a file. A process id alone is no owner: it is given again after a restart of the machine, in
 * another container, and in time to another process.
 */
export interface Owner {
  /** Hash of the host's name. */
  readonly host: string;
  /** Beginning of the id that a machine gets each time it starts; all zeros where there is none. */
  readonly boot: string;
  /** Number of the pid namespace; 0 where there is none. */
  readonly pidNamespace: number;
  readonly pid: number;
  /** When the process started, or the thread of a worker, in the machine's clock ticks; 0 where it cannot be told. */
  readonly start: number;
  /** 0 for the main thread; of a worker the system's number, or that of Node where `start` is 0. */
  readonly thread: number;
  /** Random: several stores of one thread are several owners. */
  readonly nonce: string;
}

/** Whether an owner still runs. `unknown`: on another host or in another pid namespace. */
export type Liveness = "alive" | "dead" | "unknown";

/** How the text of an owner looks, as part of a pattern: its fields in order, with dots between. */
export const ownerSyntax: string = String.raw`[0-9a-f]{8}\.[0-9a-f]{8}(?:\.\d{1,15}){4}\.[0-9a-f]{12}`;

/**
 * A new owner for this thread of this process.
 *
 * @throws when the system cannot be asked now, as when too many files are open: one who knows too little of itself would
 * be taken for dead while it lives, and take all others for dead.
 */
export function createOwner(): Owner {
  return {
    host: shortHash(hostName()),
    boot: readBoot(),
    pidNamespace: readPidNamespace(),
    pid: process.pid,
    ...currentThread(),
    nonce: Buffer.from(randomBytes(6)).toString("hex"),
  };
}

/** An owner as it stands in a file's name. */
export function formatOwner(owner: Owner): string {
  const { host, boot, pidNamespace, pid, start, thread, nonce } = owner;
  return [host, boot, pidNamespace, pid, start, thread, nonce].join(".");
}

/** The owner that a text names; `undefined` for any other text. */
export function parseOwner(text: string): Owner | undefined {
  if (!new RegExp(`^${ownerSyntax}$`).test(text)) return undefined;
  const [host = "", boot = "", pidNamespace, pid, start, thread, nonce = ""] = text.split(".");
  return {
    host,
    boot,
    pidNamespace: Number(pidNamespace),
    pid: Number(pid),
    start: Number(start),
    thread: Number(thread),
    nonce,
  };
}

/** Whether an owner still runs, as far as `here` can tell. */
export function livenessOf(owner: Owner, here: Owner): Liveness {
  if (owner.host !== here.host) return "unknown";
  if (owner.boot !== here.boot) return [owner.boot, here.boot].includes(noBoot) ? "unknown" : "dead";
  if (owner.pidNamespace !== here.pidNamespace) return "unknown";
  if (!exists(owner.pid)) return "dead";
  const { pid, thread, start } = owner;
  const isKnown = thread === 0 || start === 0;
  const running = readProcess(isKnown ? `${pid}` : `${pid}/task/${thread}`);
  // Where the system tells nothing about the process, its id must do.
  if (running === undefined) return isKnown || readProcess(`${pid}`) === undefined ? "alive" : "dead";
  return running.ended || (start > 0 && running.start !== start) ? "dead" : "alive";
}

/** The main thread need not load all of `node:worker_threads` to know that it is. */
function currentThread(): Pick<Owner, "thread" | "start"> {
  // Node marks what workers may not call (https://nodejs.org/api/worker_threads.html#class-worker).
  const isWorker = "disabled" in process.chdir;
  if (!isWorker) return { thread: 0, start: readProcess(`${process.pid}`)?.start ?? 0 };
  const self = readThread();
  const start = self === undefined ? 0 : (readProcess(self)?.start ?? 0);
  if (start > 0) return { thread: Number(self?.slice(self.lastIndexOf("/") + 1)), start };
  return { thread: process.getBuiltinModule("node:worker_threads").threadId, start: 0 };
}

/** Where Linux tells of this thread: `<pid>/task/<number>`. */
function readThread(): string | undefined {
  try {
    return readlinkSync("/proc/thread-self");
  } catch {
    return undefined; // Only Linux has it.
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it is there and belongs to somebody else.
    return (cause as NodeJS.ErrnoException).code === "EPERM"; // What `kill` throws has a code.
  }
}

/** What Linux says of a process or a thread; `undefined` elsewhere, or where it may not be read. */
function readProcess(place: string): { readonly start: number; readonly ended: boolean } | undefined {
  const stat = readText(`/proc/${place}/stat`);
  if (stat === undefined) return undefined;
  // The name of the program stands in parentheses and may hold blanks and parentheses (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const start = Number(fields[19]);
  return Number.isSafeInteger(start)
    ? { start, ended: ["Z", "X", "x"].includes(fields[0] ?? "") }
    : undefined;
}

/** Linux says it in a file; elsewhere, and for who may not read that, `node:os` is loaded, which takes a millisecond. */
function hostName(): string {
  return readText("/proc/sys/kernel/hostname") ?? process.getBuiltinModule("node:os").hostname();
}

/** Where there is no id of the machine's start. */
const noBoot = hex(0);

function readBoot(): string {
  // A random UUID (random(4)): its beginning tells as much as a hash of it.
  const start = (readText("/proc/sys/kernel/random/boot_id") ?? "").slice(0, 8);
  return hex(Number.parseInt(start, 16) || 0);
}

function readPidNamespace(): number {
  try {
    // As namespaces(7) has it: pid:[4026531836].
    return Number.parseInt(readlinkSync("/proc/self/ns/pid").slice(5), 10) || 0;
  } catch {
    return 0; // Only Linux has them.
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (isPassing(cause)) throw cause;
    return undefined; // Not Linux, or not to be read by us: the caller does without.
  }
}

/** FNV-1a of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv): as good for 8 digits as a longer one, and at once done. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  return hex(hash >>> 0);
}

/** A number of 32 bits in 8 digits. */
function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
