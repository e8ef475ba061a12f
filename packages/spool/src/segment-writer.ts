import type { Clock, Importance, Problem } from "@activity/core";
import { FileContent } from "./file-content.ts";
import { createMemoryContent } from "./memory-content.ts";
import type { Owner } from "./owner.ts";
import { createOwner, formatOwner } from "./owner.ts";
import { Segment } from "./segment.ts";
import { makeFolder } from "./spool-folder.ts";

/** What a writer works with. */
export interface SegmentWriterPort {
  /** Where files are made; `undefined` where there is no place for them. */
  readonly folder: string | undefined;
  readonly clock: Clock;
  tell(problem: Problem): void;
}

/** Begins segments: on disk, and in memory where the disk does not take them. */
export class SegmentWriter {
  readonly #port: SegmentWriterPort;
  #owner: Owner | undefined;
  #begun = 0;
  #folderMade = false;
  #told = false;

  constructor(port: SegmentWriterPort) {
    this.#port = port;
  }

  /** Who writes here; found out when first asked for. */
  get owner(): Owner {
    this.#owner ??= createOwner();
    return this.#owner;
  }

  /** Begins a segment with a line in it. Never throws. */
  begin(line: Uint8Array, lane: number, importance: Importance): Segment {
    const { folder } = this.#port;
    if (folder === undefined) this.tellOnce(new Error("there is no directory for it"));
    else {
      try {
        return this.#beginFile(folder, line, { lane, importance });
      } catch (cause) {
        this.#folderMade = false;
        this.tellOnce(cause);
      }
    }
    const content = createMemoryContent();
    content.append(line);
    return new Segment({ content, lane, importance });
  }

  /** Tells, the first time, that the disk does not do what it should. */
  tellOnce(cause: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const detail = messageOf(cause);
    this.#port.tell({
      code: "store",
      message: `events may be kept in memory, since the spool cannot be used: ${detail}`,
      reason: { code: "no_spool", detail },
      cause,
    });
  }

  #beginFile(
    folder: string,
    line: Uint8Array,
    about: { readonly lane: number; readonly importance: Importance },
  ): Segment {
    if (!this.#folderMade) makeFolder(folder);
    this.#folderMade = true;
    const content = FileContent.create(folder, {
      ...about,
      createdMs: Math.max(0, Math.trunc(this.#port.clock.now())),
      creator: this.owner.nonce,
      number: ++this.#begun,
      count: undefined,
      offset: 0,
      state: "open",
      owner: formatOwner(this.owner),
    });
    try {
      content.append(line);
    } catch (cause) {
      content.remove();
      throw cause;
    }
    return new Segment({ ...about, content });
  }
}

/** What was thrown, for people. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
