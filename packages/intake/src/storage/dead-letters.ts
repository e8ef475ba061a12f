import { appendFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import type { RejectedEvent } from "@activity/proxy";
import { makeDirectory } from "@activity/spool";

/** A line of a file of dead letters. */
export interface DeadLetter {
  readonly rejected_at: string;
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
  /** The name of the write key it came with. */
  readonly key?: string | undefined;
  /** As it was sent; `null` where it was not UTF-8. */
  readonly event: string | null;
}

/** What {@link DeadLetters} needs. */
export interface DeadLettersOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly tell: (problem: { readonly code: string; readonly message: string }) => void;
}

/** A file of dead letters. */
export interface DeadLetterFile {
  readonly path: string;
  readonly code: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

/** So many files share the room. */
const filesPerCap = 16;
const namePattern = /^(?<code>[a-z_]{1,40})-\d{8}T\d{9}Z-\d+(?:-\d+)?\.jsonl$/;

/**
 * Keeps what was rejected, by reason: a file a code, one letter a line. When there is no more room the oldest
 * files go. It is best effort: whoever sent the event was told that it was not taken.
 */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  readonly #open = new Map<string, { readonly path: string; bytes: number }>();
  #begun = 0;
  #bytes: number | undefined;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  keep(rejected: readonly RejectedEvent[], key?: string): void {
    const { clock, maxBytes, tell } = this.#options;
    if (maxBytes === 0) return;
    const rejectedAt = new Date(clock.now()).toISOString();
    for (const [code, some] of byCode(rejected)) {
      const lines = some.map(({ text = null, problem: { code: exact, pointer, detail } }) => {
        const letter: DeadLetter = {
          rejected_at: rejectedAt,
          code: exact,
          pointer,
          detail,
          key,
          event: text,
        };
        return `${JSON.stringify(letter)}\n`;
      });
      try {
        this.#append(code, lines.join(""));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        tell({ code: "dead_letters", message: `${some.length} dead letter(s) could not be kept: ${why}` });
      }
    }
  }

  /** The file is opened for each append, so that whoever replays can take it away meanwhile. */
  #append(code: string, lines: string): void {
    const { directory, maxBytes } = this.#options;
    const bytes = Buffer.byteLength(lines);
    let file = this.#open.get(code);
    if (file === undefined || file.bytes + bytes > maxBytes / filesPerCap) {
      makeDirectory(directory);
      file = { path: join(directory, this.#name(code)), bytes: 0 };
      this.#open.set(code, file);
    }
    this.#makeRoom(bytes);
    try {
      appendFileSync(file.path, lines, { mode: 0o600 });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException; // What `fs` throws has a code.
      if (code !== "ENOENT") throw cause;
      makeDirectory(directory); // Somebody has tidied up.
      appendFileSync(file.path, lines, { mode: 0o600 });
    }
    file.bytes += bytes;
    this.#bytes = (this.#bytes ?? 0) + bytes;
  }

  #makeRoom(bytes: number): void {
    const { directory, maxBytes } = this.#options;
    if (this.#bytes !== undefined && this.#bytes + bytes <= maxBytes) return;
    // Others replay and remove: what is there is counted anew.
    const files = listDeadLetters(directory);
    let total = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const { path, bytes: freed } of files.toSorted((a, b) => a.writtenMs - b.writtenMs)) {
      if (total + bytes <= maxBytes) break;
      rmSync(path, { force: true });
      total -= freed;
    }
    this.#bytes = total;
  }

  #name(code: string): string {
    const stamp = new Date(this.#options.clock.now()).toISOString().replace(/[-:.]/g, "");
    return `${code}-${stamp}-${process.pid}-${++this.#begun}.jsonl`;
  }
}

/** What a replay adds to the name of a file that it works on. */
export const takenSuffix = ".replaying";

/** Where an intake keeps its dead letters. */
export function deadLetterDirectory(directory: string): string {
  return join(directory, "dead-letters");
}

/** The files that a replay works on, or was cut off over. */
export function listTaken(directory: string): readonly string[] {
  return namesIn(directory)
    .filter((name) => name.endsWith(takenSuffix))
    .map((name) => join(directory, name));
}

/** The files of dead letters in a directory. */
export function listDeadLetters(directory: string): readonly DeadLetterFile[] {
  return namesIn(directory).flatMap((name) => {
    const code = namePattern.exec(name)?.groups?.["code"];
    if (code === undefined) return [];
    const path = join(directory, name);
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ path, code, bytes: found.size, writtenMs: found.mtimeMs }];
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return []; // Nothing was rejected yet.
  }
}

function byCode(rejected: readonly RejectedEvent[]): ReadonlyMap<string, readonly RejectedEvent[]> {
  const groups = new Map<string, RejectedEvent[]>();
  for (const one of rejected) {
    const code = fileCode(one.problem.code);
    const group = groups.get(code);
    if (group === undefined) groups.set(code, [one]);
    else group.push(one);
  }
  return groups;
}

/** Codes of a sink may hold anything; they name a file here. */
function fileCode(code: string): string {
  return /^[a-z_]{1,40}$/.test(code) ? code : "other";
}
