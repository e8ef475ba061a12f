import {
  closeSync,
  existsSync,
  fdatasync,
  lstatSync,
  lutimesSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { AppendFile } from "./append-file.ts";
import { pathIn } from "./path-in.ts";
import { readFlags } from "./read-flags.ts";
import type { SegmentContent, SegmentExtent } from "./segment-content.ts";
import type { SegmentName } from "./segment-name.ts";
import { formatSegmentName } from "./segment-name.ts";

/** Keeps the lines of a segment in a file whose name says what is in it. */
export class FileContent implements SegmentContent {
  readonly safeBytes: number = Number.POSITIVE_INFINITY;
  readonly #folder: string;
  #name: SegmentName;
  #writer: AppendFile | undefined;

  private constructor(folder: string, name: SegmentName, writer?: AppendFile) {
    this.#folder = folder;
    this.#name = name;
    this.#writer = writer;
  }

  /** Makes a new file. @throws when it cannot be made. */
  static create(folder: string, name: SegmentName): FileContent {
    return new FileContent(folder, name, new AppendFile(pathIn(folder, formatSegmentName(name))));
  }

  /**
   * Takes a file over by giving it another owner: of all who try, one succeeds. `undefined` when somebody
   * else was faster, or the file may not be renamed.
   */
  static claim(
    folder: string,
    found: SegmentName,
    { owner, nowMs }: { readonly owner: string; readonly nowMs: number },
  ): FileContent | undefined {
    const mine: SegmentName = { ...found, state: "pending", owner };
    const from = pathIn(folder, formatSegmentName(found));
    try {
      // Whoever cannot see this process goes by the last write.
      lutimesSync(from, nowMs / 1_000, nowMs / 1_000);
      renameSync(from, pathIn(folder, formatSegmentName(mine)));
      return new FileContent(folder, mine);
    } catch {
      return undefined; // Somebody else has it, or will: it is not ours.
    }
  }

  /** A file that is this process's already, and takes no more lines. */
  static reopen(folder: string, name: SegmentName): FileContent {
    return new FileContent(folder, name);
  }

  /** What its name says now. */
  get name(): SegmentName {
    return this.#name;
  }

  /** Where the file is now. */
  get path(): string {
    return pathIn(this.#folder, formatSegmentName(this.#name));
  }

  /** Bytes in the file. @throws when it is gone, or none: a link may lead anywhere. */
  get size(): number {
    const found = lstatSync(this.path);
    if (!found.isFile()) throw new Error("it is not a file");
    return found.size;
  }

  /** Takes no more lines. */
  seal(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  append(line: Uint8Array, length: number): void {
    if (this.#writer === undefined) throw new Error("the segment takes no more");
    this.#writer.append(line, length);
  }

  read(from: number, to: number, into?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const length = to - from;
    const bytes =
      into !== undefined && length <= into.length ? into.subarray(0, length) : new Uint8Array(length);
    const fd = openSync(this.path, readFlags);
    try {
      let read = 0;
      while (read < bytes.length) {
        const got = readSync(fd, bytes, read, bytes.length - read, from + read);
        if (got === 0) throw new Error("the segment is shorter than it was");
        read += got;
      }
    } finally {
      closeSync(fd);
    }
    return bytes;
  }

  mark(state: SegmentName["state"], extent: SegmentExtent): void {
    this.seal();
    this.#rename({ ...this.#name, ...extent, state });
  }

  replace(lines: Uint8Array, extent: SegmentExtent): void {
    this.seal();
    // The count is unknown between the two steps, so that a name never lies, wherever the process dies.
    this.#rename({ ...this.#name, count: undefined, offset: 0 });
    const draft = `${this.path}.tmp`;
    writeFileSync(draft, lines, { mode: 0o600, flag: "wx" });
    renameSync(draft, this.path);
    this.#rename({ ...this.#name, ...extent });
  }

  leave(extent: SegmentExtent): void {
    this.seal();
    this.#rename({ ...this.#name, ...extent, state: "pending", owner: undefined });
  }

  /** Undoes a claim: whoever comes next takes it over. */
  giveBack(): void {
    try {
      this.#rename({ ...this.#name, owner: undefined });
    } catch {
      // It stays this process's, and is taken over when that has ended.
    }
  }

  remove(): void {
    this.seal();
    try {
      unlinkSync(this.path);
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
    }
  }

  async sync(): Promise<void> {
    const writer = this.#writer;
    if (writer?.open) {
      await writer.sync();
      if (this.#writer === writer && !existsSync(this.path)) throw new Error("the segment is gone");
      return;
    }
    let fd: number;
    try {
      fd = openSync(this.path, "r+");
    } catch (cause) {
      if (isMissing(cause)) return; // Everything in it is settled: there is nothing to keep.
      throw cause;
    }
    try {
      await new Promise<void>((resolve, reject) => {
        fdatasync(fd, (error) => (error ? reject(error) : resolve()));
      });
    } finally {
      closeSync(fd);
    }
  }

  #rename(name: SegmentName): void {
    const from = this.path;
    const to = pathIn(this.#folder, formatSegmentName(name));
    if (from !== to) renameSync(from, to);
    this.#name = name;
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).code === "ENOENT"; // What `fs` throws has a code.
}
