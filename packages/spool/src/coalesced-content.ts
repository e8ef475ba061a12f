import type { FileContent } from "./file-content.ts";
import type { SegmentContent, SegmentExtent } from "./segment-content.ts";
import type { SegmentName } from "./segment-name.ts";

/**
 * Collects the lines of one run of code and writes them to a file in one go. What the disk refuses then
 * stays here, in memory.
 */
export class CoalescedContent implements SegmentContent {
  readonly #file: FileContent;
  readonly #tell: (cause: unknown) => void;
  /** Bytes on disk. */
  #written = 0;
  #waiting: Uint8Array = new Uint8Array(8_192);
  #used = 0;
  #soon = false;
  #stuck = false;

  /** `tell` is called when lines stay in memory. */
  constructor(file: FileContent, tell: (cause: unknown) => void) {
    this.#file = file;
    this.#tell = tell;
  }

  get path(): string {
    return this.#file.path;
  }

  get safeBytes(): number {
    return this.#stuck ? this.#written : Number.POSITIVE_INFINITY;
  }

  append(line: Uint8Array, length: number): void {
    if (this.#stuck) throw new Error("the segment takes no more");
    if (this.#used + length > this.#waiting.length) {
      const larger = new Uint8Array(Math.max(this.#used + length, this.#waiting.length * 2));
      larger.set(this.#waiting.subarray(0, this.#used));
      this.#waiting = larger;
    }
    this.#waiting.set(line.subarray(0, length), this.#used);
    this.#used += length;
    if (this.#soon) return;
    this.#soon = true;
    queueMicrotask(() => this.#write());
  }

  read(from: number, to: number): Uint8Array<ArrayBuffer> {
    this.#write();
    if (to <= this.#written) return this.#file.read(from, to);
    const rest = this.#waiting.subarray(Math.max(0, from - this.#written), to - this.#written);
    return from < this.#written
      ? Buffer.concat([this.#file.read(from, this.#written), rest])
      : Uint8Array.from(rest);
  }

  mark(state: SegmentName["state"], extent: SegmentExtent): void {
    this.#write();
    this.#file.mark(state, extent);
  }

  replace(lines: Uint8Array, extent: SegmentExtent): void {
    this.#file.replace(lines, extent);
    this.#used = 0;
    this.#stuck = false;
  }

  leave(extent: SegmentExtent): void {
    this.#write();
    this.#file.leave(extent);
  }

  remove(): void {
    this.#used = 0;
    this.#stuck = false;
    this.#file.remove();
  }

  async sync(): Promise<void> {
    this.#write();
    await this.#file.sync();
  }

  #write(): void {
    this.#soon = false;
    if (this.#used === 0 || this.#stuck) return;
    try {
      this.#file.append(this.#waiting, this.#used);
      this.#written += this.#used;
      this.#used = 0;
    } catch (cause) {
      this.#stuck = true;
      this.#tell(cause);
    }
  }
}
