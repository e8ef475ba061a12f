import type { Segment } from "./segment.ts";
import { syncFolder } from "./spool-folder.ts";

/** The segments of which something may not survive the machine yet. */
export class UnsyncedSegments {
  readonly #segments = new Set<Segment>();

  add(segment: Segment): void {
    if (!segment.unsynced) this.#segments.add(segment);
    segment.unsynced = true;
  }

  delete(segment: Segment): void {
    this.#segments.delete(segment);
  }

  /** Resolves when all of them survive the machine; rejects when the disk refuses, and they stay. */
  async sync(folder: string | undefined): Promise<void> {
    const segments = [...this.#segments];
    this.#segments.clear();
    for (const segment of segments) segment.unsynced = false;
    try {
      await Promise.all(segments.map((segment) => segment.content.sync()));
      if (folder !== undefined && segments.length > 0) await syncFolder(folder);
    } catch (cause) {
      for (const segment of segments) this.#segments.add(segment);
      throw cause;
    }
  }
}
