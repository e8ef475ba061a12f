import { readdirSync } from "node:fs";
import type { Clock, Importance, NumberedSource, Position } from "@activity/core";
import { defaultLimits } from "@activity/core";
import { encodeLine } from "./encode-line.ts";
import type { FileContent } from "./file-content.ts";
import type { Owner } from "./owner.ts";
import { SegmentFiles } from "./segment-files.ts";
import type { SegmentName } from "./segment-name.ts";
import { isGone } from "./segment-watch.ts";
import type { OwnMark } from "./source-marks.ts";
import { SourceMarks } from "./source-marks.ts";

/** What a journal has written: what a spool of the same process needs to carry on. Only plain values, since the two may be of two copies of this package. */
export interface JournalRest {
  readonly owner: Owner;
  /** Files that were begun. */
  readonly begun: number;
  /** The position of the last event. */
  readonly last: Position;
  readonly segments: readonly JournalSegment[];
  /** `undefined` where what was written does not prove what was recorded. */
  readonly marks: readonly OwnMark[] | undefined;
}

/** A file of a journal, and where each of its events is. */
export interface JournalSegment {
  readonly name: SegmentName;
  readonly events: readonly (readonly [end: number, position: Position, time: number])[];
}

interface Writing {
  readonly content: FileContent;
  /** When, in milliseconds since the Unix epoch. */
  writtenMs: number;
  /** Where the last event ends. */
  bytes: number;
  readonly events: (readonly [end: number, position: Position, time: number])[];
}

/** Where a journal writes. */
export interface JournalPort {
  /** As {@link spoolFolder} names it. */
  readonly folder: string;
  readonly clock: Clock;
}

/** Files in a folder that surely fit the limits of a spool, whatever is in them: a quarter of the bytes it may hold. */
const uncrowdedFiles = 64;

/**
 * The part of a spool that only records: a short command needs no more. Writes the same files as a spool, one
 * write an event, and then leaves them to other processes, or to a spool of this process that carries on.
 * When `append` has returned, the event survives the death of this process, however it dies.
 */
export class SpoolJournal {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #files: SegmentFiles;
  #marks: SourceMarks | undefined;
  readonly #segments: Writing[] = [];
  /** The one of each importance that takes the next event. */
  readonly #open = new Map<Importance, Writing>();
  #last: Position = 0;
  /** Bytes of everything that was written. */
  #bytes = 0;

  constructor({ folder, clock }: JournalPort) {
    this.#folder = folder;
    this.#clock = clock;
    this.#files = new SegmentFiles({ folder, clock });
    this.#marks = new SourceMarks(folder, () => this.#files.ownerText);
  }

  /** Events that were written. */
  get events(): number {
    return this.#last;
  }

  /** Tells of a source just before its first event is appended. */
  begin(source: NumberedSource): void {
    try {
      this.#files.prepare();
      this.#marks?.begin(source);
    } catch {
      this.#giveUpMarks();
    }
  }

  /**
   * Writes one event. @throws when the disk does not take it, or when all that a spool may hold has been written: only a
   * store gives events up. Nothing of it is left then.
   */
  append(text: string, importance: Importance): void {
    const { bytes, length } = encodeLine(text);
    if (this.#bytes + length > defaultLimits.spool.bytes) throw new Error("the spool is full");
    const before = this.#open.get(importance);
    const nowMs = this.#clock.now();
    let segment =
      before !== undefined && isGone(before.content, before.writtenMs, nowMs) ? undefined : before;
    if (segment === undefined || segment.bytes >= defaultLimits.spool.segmentBytes) {
      const content = this.#files.create(bytes, length, { lane: 0, importance });
      segment = { content, bytes: 0, events: [], writtenMs: 0 };
      this.#segments.push(segment);
      this.#open.set(importance, segment);
      // Not earlier: only now has an event been written whose number is given already.
      if (before !== undefined) this.#attempt(() => this.#seal(before));
    } else segment.content.append(bytes, length);
    segment.bytes += length;
    this.#bytes += length;
    segment.writtenMs = nowMs;
    segment.events.push([segment.bytes, ++this.#last, this.#clock.monotonic()]);
  }

  /** Whether so much lies in the folder that somebody must look at its limits. */
  isCrowded(): boolean {
    try {
      return readdirSync(this.#folder).length > uncrowdedFiles;
    } catch {
      return false; // Nothing was written yet.
    }
  }

  /** What there is to carry on with. Nothing may be appended afterwards; {@link SpoolJournal.release} comes next. */
  rest(): JournalRest {
    const segments = this.#segments.map(({ content: { name }, events }) => ({ name, events }));
    const { owner, begun } = this.#files;
    return { owner, begun, last: this.#last, segments, marks: this.#marks?.own };
  }

  /** Frees what was handed to another; the files stay as they are. */
  release(): void {
    for (const { content } of this.#segments) content.seal();
  }

  /** Leaves everything to whoever comes next. */
  leave(): void {
    for (const { content, events } of this.#segments)
      this.#attempt(() => content.leave({ count: events.length, offset: 0 }));
    this.#giveUpMarks();
  }

  /** Deletes everything. */
  discard(): void {
    for (const { content } of this.#segments) this.#attempt(() => content.remove());
    this.#giveUpMarks();
  }

  #seal({ content, events }: Writing): void {
    this.#marks?.update();
    content.mark("pending", { count: events.length, offset: 0 });
  }

  /** Does something on disk on which no event depends. Where it fails, the marks prove nothing any more. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch {
      this.#giveUpMarks();
    }
  }

  #giveUpMarks(): void {
    this.#marks?.giveUp();
    this.#marks = undefined;
  }
}
