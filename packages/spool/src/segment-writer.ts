import type { Problem } from "@activity/core";
import { CoalescedContent } from "./coalesced-content.ts";
import type { EncodedLine } from "./encode-line.ts";
import { createMemoryContent } from "./memory-content.ts";
import { Segment } from "./segment.ts";
import type { SegmentContent } from "./segment-content.ts";
import type { SegmentFilesPort, SegmentPlace } from "./segment-files.ts";
import { fill, SegmentFiles } from "./segment-files.ts";

/** What a writer works with. */
export interface SegmentWriterPort extends SegmentFilesPort {
  /** Whether the lines of one run of code are written together. */
  readonly coalesce: boolean;
  tell(problem: Problem): void;
}

/** Begins segments: on disk, and in memory where the disk does not take them. */
export class SegmentWriter extends SegmentFiles {
  readonly #port: SegmentWriterPort;
  /** Whether the disk has failed once. */
  troubled = false;

  constructor(port: SegmentWriterPort) {
    super(port);
    this.#port = port;
  }

  /** Begins a segment with a line in it: in memory where the disk does not take it, with a word to `failed`. */
  begin(line: EncodedLine, about: SegmentPlace, failed: (cause: unknown) => void): Segment {
    let content: SegmentContent;
    try {
      const file = this.createEmpty(about);
      content = this.#port.coalesce ? new CoalescedContent(file, (cause) => this.tellOnce(cause)) : file;
      fill(content, line.bytes, line.length);
    } catch (cause) {
      failed(cause);
      content = createMemoryContent();
      content.append(line.bytes, line.length);
    }
    return new Segment({ ...about, content });
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
}

/** What was thrown, for people. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
