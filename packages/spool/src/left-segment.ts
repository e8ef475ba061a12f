import { readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Importance } from "@activity/core";
import { FileContent } from "./file-content.ts";
import type { ClaimedSegment, MergePort } from "./merge-segments.ts";
import { mergeSegments, settleMerges } from "./merge-segments.ts";
import type { Owner } from "./owner.ts";
import { formatOwner } from "./owner.ts";
import { isPassing, isRefused } from "./passing-failure.ts";
import { isEventLine, readLines } from "./read-lines.ts";
import { Segment } from "./segment.ts";
import type { SegmentName } from "./segment-name.ts";
import { ageOf, compareSegmentNames, parseSegmentName } from "./segment-name.ts";
import { silentMs } from "./segment-watch.ts";
import type { OwnerSurvey } from "./survey-owners.ts";

/** A segment that another store left and that nobody here has read yet. */
export interface LeftSegment {
  readonly lane: number;
  readonly importance: Importance;
  readonly queues?: undefined;
  /** Its place before all own events, which have positive ones. */
  readonly order: number;
  /** When it was begun, by the clock's `monotonic()`. */
  readonly time: number;
  /** Events that it should hold, and their bytes. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** The segment as it is. It may hold fewer events: what is torn or damaged is left out. @throws what reading throws. */
  read(): ReadSegment;
  readonly path: string;
  /** Not by this process. */
  readonly writtenMs: 0;
  /** Leaves it, unread, to whoever comes next. */
  leave(): void;
}

/** A segment that has been read. */
export interface ReadSegment {
  readonly segment: Segment;
  /** Whole lines that hold no event. */
  readonly damaged: Uint8Array;
}

/** Where to look, and who looks. */
export interface AdoptOptions {
  readonly folder: string;
  readonly owner: Owner;
  /** Made before; the folder is listed anew. */
  readonly survey: OwnerSurvey;
  readonly clock: Clock;
  /** Segments that were adopted here before. */
  readonly before: number;
  /** How small segments are merged; not at all without it. */
  readonly merge?: Pick<MergePort, "segmentBytes" | "nextNumber"> | undefined;
  /** Called for a segment that is ours now and cannot be read; nobody knows what was in it. */
  unreadable(path: string, cause: unknown): void;
}

/** More segments than one process will ever adopt. */
const maxAdopted = 2 ** 50;

/**
 * Takes over every segment in a folder that has been left: by a store that was closed, or by an owner that is
 * dead or long silent. @throws when the folder cannot be read.
 */
export function adoptSegments(options: AdoptOptions): readonly LeftSegment[] {
  const { folder, owner, clock, before } = options;
  const claimed = leftNames(options)
    .sort(compareSegmentNames)
    .flatMap((name) => {
      const content = FileContent.claim(folder, name, { owner: formatOwner(owner), nowMs: clock.now() });
      return content === undefined ? [] : (describeLeft({ name, content }, options.unreadable) ?? []);
    });
  const { merge } = options;
  const segments = merge === undefined ? claimed : mergeSegments(claimed, { ...merge, folder, owner, clock });
  return segments.map((segment, place) => toLeft(segment, before + place - maxAdopted, clock));
}

/** The segments that nobody alive owns, once what was being merged is whole or in parts again. */
function leftNames({ folder, survey, clock }: AdoptOptions): SegmentName[] {
  const isLeft = ({ owner: other }: SegmentName, file: string): boolean => {
    const liveness = other === undefined ? "dead" : survey.get(other);
    return liveness === "dead" || (liveness === "unknown" && isSilent(join(folder, file), clock));
  };
  const found = readdirSync(folder);
  const files = settleMerges(folder, found, isLeft) ? readdirSync(folder) : found;
  return files.flatMap((file) => {
    const name = parseSegmentName(file.replace(/\.tmp$/, ""));
    if (name === undefined || !isLeft(name, file)) return [];
    // A draft is a copy of lines that still stand in their segment.
    if (file.endsWith(".tmp")) removeDraft(join(folder, file));
    return file.endsWith(".tmp") ? [] : [name];
  });
}

function isSilent(path: string, clock: Clock): boolean {
  try {
    return clock.now() - statSync(path).mtimeMs > silentMs;
  } catch {
    return false; // Gone meanwhile: its owner lives.
  }
}

function removeDraft(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Whoever comes next will try again; it is never read.
  }
}

/** What a segment should hold; `undefined` when that is nothing, or cannot be told. */
function describeLeft(
  { name, content }: Pick<ClaimedSegment, "name" | "content">,
  unreadable: AdoptOptions["unreadable"],
): ClaimedSegment | undefined {
  try {
    const { count, offset } = name;
    const waitingBytes = Math.max(0, content.size - offset);
    // Only reading tells how much a file holds whose owner died while writing it.
    const waiting = count ?? readLines(content.read(offset, offset + waitingBytes)).count;
    if (waiting > 0) return { name, content, waiting, waitingBytes };
    content.remove();
  } catch (cause) {
    if (isPassing(cause) || isRefused(cause)) content.giveBack();
    else unreadable(content.path, cause);
  }
  return undefined;
}

function toLeft(segment: ClaimedSegment, order: number, clock: Clock): LeftSegment {
  const { name, content, waiting, waitingBytes } = segment;
  const { lane, importance, offset } = name;
  const time = clock.monotonic() - ageOf(name, clock.now());
  const left = { lane, importance, order, time, waiting, waitingBytes };
  return {
    ...left,
    path: content.path,
    writtenMs: 0,
    read: () => readLeft(content, name, left),
    leave: () => content.leave({ count: waiting, offset }),
  };
}

function readLeft(
  content: FileContent,
  { offset }: SegmentName,
  left: Omit<LeftSegment, "read" | "leave" | "path" | "writtenMs">,
): ReadSegment {
  const segment = new Segment({ ...left, content, offset });
  segment.sealed = true;
  const bytes = content.read(offset, offset + left.waitingBytes);
  const damaged: Uint8Array[] = [];
  let start = 0;
  for (const [index, end] of readLines(bytes).ends.entries()) {
    const line = bytes.subarray(start, end);
    segment.add(offset + end, 0, left.time);
    if (!isEventLine(line)) {
      segment.drop(index);
      damaged.push(line);
    }
    start = end;
  }
  return { segment, damaged: Buffer.concat(damaged) };
}
