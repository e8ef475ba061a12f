import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** A file with one writer, which only ever grows by whole appends. */
export class AppendFile {
  readonly path: string;
  /** Bytes of everything that was appended. */
  length = 0;
  /** Whether bytes of a failed append may be left at the end. */
  dirty = false;
  #fd: number | undefined;
  #syncs = 0;
  #closing = false;

  /** @throws when the file cannot be made, or is there already. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, "ax", 0o600);
  }

  /** Whether it still takes appends. */
  get open(): boolean {
    return this.#fd !== undefined && !this.#closing;
  }

  /** Whether somebody has removed it: what it takes is found by nobody. */
  get removed(): boolean {
    return this.#fd !== undefined && fstatSync(this.#fd).nlink === 0;
  }

  /**
   * Adds the first `length` bytes at the end; when it returns, they survive the death of the process.
   *
   * @throws when not all could be written. What was is cut off again; where that fails too, `dirty` says so.
   */
  append(bytes: Uint8Array, length: number = bytes.length): void {
    if (this.#fd === undefined) throw new Error("the file is closed");
    let written = 0;
    try {
      while (written < length) written += writeSync(this.#fd, bytes, written, length - written);
    } catch (cause) {
      this.dirty = written > 0;
      if (written > 0) ftruncateSync(this.#fd, this.length);
      this.dirty = false;
      throw cause;
    }
    this.length += length;
  }

  /** Resolves when what was appended before survives the death of the machine. */
  sync(): Promise<void> {
    const fd = this.#fd;
    if (fd === undefined) return Promise.reject(new Error("the file is closed"));
    this.#syncs++;
    return new Promise((resolve, reject) => {
      fdatasync(fd, (error) => {
        this.#syncs--;
        if (this.#closing) this.close();
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Frees the file, as soon as no sync is under way. */
  close(): void {
    this.#closing = true;
    if (this.#fd === undefined || this.#syncs > 0) return;
    const fd = this.#fd;
    this.#fd = undefined;
    closeSync(fd);
  }
}
