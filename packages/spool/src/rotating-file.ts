import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { AppendFile } from "./append-file.ts";
import { compressFile } from "./compress-file.ts";
import { makeDirectory } from "./make-directory.ts";
import { randomBytes } from "./random-bytes.ts";
import { checkOwnDirectory, syncFolder } from "./spool-folder.ts";

/** Where files go and when a new one is begun. */
export interface RotatingFileOptions {
  readonly directory: string;
  /** Bytes after which a new file is begun. */
  readonly maxFileBytes: number;
  /** Whether files that are full are compressed. */
  readonly gzip: boolean;
  readonly clock: Clock;
  /** Told when a file could not be compressed. It stays as it is. */
  failed(cause: unknown): void;
}

const dayMs = 86_400_000;

/** One file after the other in a directory: a new one for each process, day (UTC) and so many bytes. */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #nonce: string = Buffer.from(randomBytes(6)).toString("hex");
  #current: AppendFile | undefined;
  #day = 0;
  #begun = 0;
  /** Files that are full, or that the disk refused to add to, and not synced yet. */
  readonly #retired = new Set<AppendFile>();
  #namesSynced = true;
  readonly #compressing = new Set<Promise<void>>();
  readonly #stop: AbortController = new AbortController();

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** Whether files wait to be synced and closed. */
  get retiring(): boolean {
    return this.#retired.size > 0;
  }

  /**
   * Adds lines; when it returns, they survive the death of the process.
   *
   * @throws when the disk does not take them. `clean` says whether none of them is there then.
   */
  append(lines: Uint8Array): void {
    const file = this.#fileFor(lines);
    try {
      file.append(lines);
    } catch (cause) {
      if (file.length === 0) this.#discard(file);
      else this.#retire();
      throw Object.assign(new Error("the disk did not take the events", { cause }), { clean: !file.dirty });
    }
  }

  /**
   * Resolves when everything appended before survives the death of the machine. Rejects when the disk failed, or a
   * file was removed; the next append begins a new one then.
   */
  async sync(): Promise<void> {
    const retired = [...this.#retired];
    const files = this.#current === undefined ? retired : [...retired, this.#current];
    await Promise.all(files.map((file) => file.sync()));
    this.#refuseRemoved(files);
    if (!this.#namesSynced) {
      this.#namesSynced = true;
      await syncFolder(this.#options.directory);
    }
    for (const file of retired) {
      this.#retired.delete(file);
      file.close();
      this.#compress(file);
    }
  }

  /** Ends every file. Resolves when those that are to be compressed are, or `until` resolves. */
  async close(until: Promise<unknown>): Promise<void> {
    const files = [...this.#retired, ...(this.#current === undefined ? [] : [this.#current])];
    this.#retired.clear();
    this.#current = undefined;
    for (const file of files) {
      file.close();
      this.#compress(file);
    }
    await Promise.race([Promise.all(this.#compressing), until]);
    this.#stop.abort();
    await Promise.all(this.#compressing);
  }

  #compress({ path }: AppendFile): void {
    if (!this.#options.gzip) return;
    const done = compressFile(path, this.#stop.signal)
      .catch((cause: unknown) => {
        if (!this.#stop.signal.aborted) this.#options.failed(cause);
      })
      .finally(() => this.#compressing.delete(done));
    this.#compressing.add(done);
  }

  #fileFor(lines: Uint8Array): AppendFile {
    const { maxFileBytes, clock } = this.#options;
    const day = Math.floor(clock.now() / dayMs);
    const current = this.#current;
    if (current !== undefined) {
      const full = current.length > 0 && current.length + lines.length > maxFileBytes;
      if (!full && day === this.#day) return current;
      this.#retire();
    }
    this.#day = day;
    return this.#begin();
  }

  #begin(): AppendFile {
    const { directory, clock } = this.#options;
    const begun = new Date(clock.now()).toISOString().replace(/[:.]/g, "");
    const number = String(++this.#begun).padStart(6, "0");
    makeDirectory(directory);
    checkOwnDirectory(lstatSync(directory));
    this.#current = new AppendFile(join(directory, `events-${begun}-${this.#nonce}-${number}.ndjson`));
    this.#namesSynced = false;
    return this.#current;
  }

  /** What stands in a file without a name is lost with this process, however often it is synced. */
  #refuseRemoved(files: readonly AppendFile[]): void {
    const removed = files.filter((file) => file.removed);
    if (removed.length === 0) return;
    for (const file of removed) {
      this.#retired.delete(file);
      if (file === this.#current) this.#current = undefined;
      file.close();
    }
    throw new Error(`${removed.map(({ path }) => path).join(", ")} was removed by somebody else`);
  }

  /** Leaves no empty file for every event that the disk refuses. */
  #discard(file: AppendFile): void {
    this.#current = undefined;
    file.close();
    rmSync(file.path, { force: true });
  }

  #retire(): void {
    if (this.#current !== undefined) this.#retired.add(this.#current);
    this.#current = undefined;
  }
}
