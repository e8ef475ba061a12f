import type { Clock } from "@activity/core";
import { FileContent } from "./file-content.ts";
import type { Owner } from "./owner.ts";
import { createOwner, formatOwner } from "./owner.ts";
import type { SegmentContent } from "./segment-content.ts";
import type { SegmentName } from "./segment-name.ts";
import { toCreatedMs } from "./segment-name.ts";
import { makeFolder } from "./spool-folder.ts";

/** Where the files of segments are made. */
export interface SegmentFilesPort {
  /** `undefined` where there is no place for them. */
  readonly folder: string | undefined;
  readonly clock: Clock;
  /** Who wrote here before in the same process, and how many files. */
  readonly before?: { readonly owner: Owner; readonly begun: number } | undefined;
}

/** Where a segment stands in line. */
export type SegmentPlace = Pick<SegmentName, "lane" | "importance">;

/** Makes the files of segments, under the name of who writes here. */
export class SegmentFiles {
  readonly #port: SegmentFilesPort;
  #owner: Owner | undefined;
  #ownerText: string | undefined;
  #begun: number;
  #folderMade = false;

  constructor(port: SegmentFilesPort) {
    this.#port = port;
    this.#owner = port.before?.owner;
    this.#begun = port.before?.begun ?? 0;
  }

  /** Files that were begun. */
  get begun(): number {
    return this.#begun;
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

  /** The number of a file that is begun in the name of this owner. */
  nextNumber(): number {
    return ++this.#begun;
  }

  /** Sees to it that the folder is there. @throws when it cannot be used. */
  prepare(): void {
    if (this.#folderMade || this.#port.folder === undefined) return;
    makeFolder(this.#port.folder);
    this.#folderMade = true;
  }

  /** Makes a file of whole lines, the first `length` bytes. @throws when the disk does not take it; nothing is left then. */
  create(lines: Uint8Array, length: number, about: SegmentPlace): FileContent {
    const content = this.createEmpty(about);
    fill(content, lines, length);
    return content;
  }

  /** Makes a file without a line. @throws when the disk does not take it. */
  createEmpty({ lane, importance }: SegmentPlace): FileContent {
    const { folder, clock } = this.#port;
    if (folder === undefined) throw new Error("there is no directory for it");
    const name: SegmentName = {
      lane,
      importance,
      createdMs: toCreatedMs(clock.now()),
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

/** Puts the first lines into a segment. @throws when they do not fit; the segment is gone then. */
export function fill(content: SegmentContent, lines: Uint8Array, length: number): void {
  try {
    content.append(lines, length);
  } catch (cause) {
    content.remove();
    throw cause;
  }
}
