import type { Clock, Problem } from "@activity/core";
import { CoalescedContent } from "./coalesced-content.ts";
import type { EncodedLine } from "./encode-line.ts";
import { FileContent } from "./file-content.ts";
import { createMemoryContent } from "./memory-content.ts";
import type { Owner } from "./owner.ts";
import { createOwner, formatOwner } from "./owner.ts";
import { Segment } from "./segment.ts";
import type { SegmentContent } from "./segment-content.ts";
import type { SegmentName } from "./segment-name.ts";
import { makeFolder } from "./spool-folder.ts";

/** What a writer works with. */
export interface SegmentWriterPort {
  /** Where files are made; `undefined` where there is no place for them. */
  readonly folder: string | undefined;
  readonly clock: Clock;
  /** Whether the lines of one run of code are written together. */
  readonly coalesce: boolean;
  tell(problem: Problem): void;
}

/** Where a segment stands in line. */
export type SegmentPlace = Pick<SegmentName, "lane" | "importance">;

/** Begins segments: on disk, and in memory where the disk does not take them. */
export class SegmentWriter {
  readonly #port: SegmentWriterPort;
  #owner: Owner | undefined;
  #ownerText: string | undefined;
  #begun = 0;
  #folderMade = false;
  /** Whether the disk has failed once. */
  troubled = false;

  constructor(port: SegmentWriterPort) {
    this.#port = port;
  }

  /** Who writes here; found out when first asked for. */
  get owner(): Owner {
    this.#owner ??= createOwner();
    return this.#owner;
  }

  /** The same, as it stands in the names of files. */
  get ownerText(): string {
    this.#ownerText ??= formatOwner(this.owner);
    return this.#ownerText;
  }

  /** The number of a file that is begun elsewhere in the name of this owner. */
  nextNumber(): number {
    return ++this.#begun;
  }

  /** Sees to it that the folder is there. @throws when it cannot be used. */
  prepare(): void {
    if (this.#folderMade || this.#port.folder === undefined) return;
    makeFolder(this.#port.folder);
    this.#folderMade = true;
  }

  /** Begins a segment with a line in it: in memory where the disk does not take it, with a word to `failed`. */
  begin(line: EncodedLine, about: SegmentPlace, failed: (cause: unknown) => void): Segment {
    let content: SegmentContent;
    try {
      const file = this.#createFile(about);
      content = this.#port.coalesce ? new CoalescedContent(file, (cause) => this.tellOnce(cause)) : file;
      fill(content, line);
    } catch (cause) {
      failed(cause);
      content = createMemoryContent();
      content.append(line.bytes, line.length);
    }
    return new Segment({ ...about, content });
  }

  /** Makes a file of whole lines. @throws when the disk does not take it; nothing is left then. */
  create(lines: Uint8Array, about: SegmentPlace): SegmentContent {
    const content = this.#createFile(about);
    fill(content, { bytes: lines, length: lines.length });
    return content;
  }

  /** Tells, the first time, that the disk does not do what it should. */
  tellOnce(cause: unknown): void {
    if (this.troubled) return;
    this.troubled = true;
    const detail = messageOf(cause);
    this.#port.tell({
      code: "store",
      message: `events may be kept in memory, since the spool cannot be used: ${detail}`,
      reason: { code: "no_spool", detail },
      cause,
    });
  }

  #createFile({ lane, importance }: SegmentPlace): FileContent {
    const { folder, clock } = this.#port;
    if (folder === undefined) throw new Error("there is no directory for it");
    const name: SegmentName = {
      lane,
      importance,
      createdMs: Math.max(0, Math.trunc(clock.now())),
      creator: this.owner.nonce,
      number: this.nextNumber(),
      count: undefined,
      offset: 0,
      state: "open",
      owner: this.ownerText,
    };
    try {
      this.prepare();
      return FileContent.create(folder, name);
    } catch (cause) {
      this.#folderMade = false;
      throw cause;
    }
  }
}

function fill(
  content: SegmentContent,
  { bytes, length }: Readonly<Pick<EncodedLine, "length">> & { readonly bytes: Uint8Array },
): void {
  try {
    content.append(bytes, length);
  } catch (cause) {
    content.remove();
    throw cause;
  }
}

/** What was thrown, for people. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
