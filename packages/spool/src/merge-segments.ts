import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  renameSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { FileContent } from "./file-content.ts";
import { formatOwner, type Owner } from "./owner.ts";
import { readLines } from "./read-lines.ts";
import type { SegmentName } from "./segment-name.ts";
import { formatSegmentName, parseSegmentName } from "./segment-name.ts";

/** A segment that was taken over, and what it should hold. */
export interface ClaimedSegment {
  readonly name: SegmentName;
  readonly content: FileContent;
  readonly waiting: number;
  readonly waitingBytes: number;
}

/** What merging works with. */
export interface MergePort {
  readonly folder: string;
  readonly owner: Owner;
  readonly clock: Clock;
  /** What a merged segment holds at most. */
  readonly segmentBytes: number;
  /** The number of the next segment that this owner begins. */
  nextNumber(): number;
}

/** Fewer files than this are left as they are. */
const crowdedFiles = 32;
/** So many are merged at least: each time costs a sync of the disk. */
const minParts = 8;

/**
 * Makes few segments of many small ones, so that thousands of short commands stay within the bounds of a
 * folder. `claimed` are this owner's, in their order; only neighbours of one lane and importance are merged, and
 * the order stays. What cannot be merged, for whatever reason, is returned as it is.
 *
 * A process may die after each step. The parts are renamed so that nobody reads them, the whole is written beside them, and
 * appears by one rename: from then on the parts are void. {@link settleMerges} finishes or undoes what was begun.
 */
export function mergeSegments(
  claimed: readonly ClaimedSegment[],
  port: MergePort,
): readonly ClaimedSegment[] {
  if (claimed.length <= crowdedFiles) return claimed;
  const groups = new Map<string, ClaimedSegment[]>();
  for (const segment of claimed) {
    const group = `${segment.name.lane}/${segment.name.importance}`;
    const neighbours = groups.get(group);
    if (neighbours === undefined) groups.set(group, [segment]);
    else neighbours.push(segment);
  }
  const merged = new Map<ClaimedSegment, ClaimedSegment | undefined>();
  for (const neighbours of groups.values())
    for (const parts of cut(neighbours, port.segmentBytes)) {
      const whole = merge(parts, port);
      if (whole === undefined) continue;
      for (const { segment } of parts) merged.set(segment, undefined);
      // The place of the last: no younger one of its lane and importance comes before it.
      merged.set((parts.at(-1) as Part).segment, whole); // There are some.
    }
  return claimed.flatMap((segment) => (merged.has(segment) ? (merged.get(segment) ?? []) : [segment]));
}

/**
 * Finishes or undoes what dead processes had begun to merge; returns whether anything was. `files` are those of the folder
 * and `isLeft` says of each whether its owner is gone. Before anything is claimed: whoever claims a whole has seen to it
 * that its parts are gone, so that parts without a whole are events that are nowhere else.
 */
export function settleMerges(
  folder: string,
  files: readonly string[],
  isLeft: (name: SegmentName, file: string) => boolean,
): boolean {
  const parts = files.flatMap((file) => {
    const part = parsePart(file);
    return part !== undefined && isLeft(part.name, file) ? [{ ...part, file }] : [];
  });
  if (parts.length === 0) return false;
  const wholes = new Set(files.flatMap((file) => identityOf(parseSegmentName(file)) ?? []));
  for (const { file, plain, whole } of parts) {
    if (wholes.has(whole)) removePart(join(folder, file));
    else restorePart(join(folder, file), join(folder, plain));
  }
  return true;
}

/** A segment with its lines. */
interface Part {
  readonly segment: ClaimedSegment;
  readonly lines: Uint8Array;
}

/** Runs of neighbours that fit in one segment and can all be read; only those that are worth it. */
function* cut(segments: readonly ClaimedSegment[], segmentBytes: number): Generator<readonly Part[]> {
  let run: Part[] = [];
  let bytes = 0;
  for (const segment of segments) {
    const lines = segment.waitingBytes <= segmentBytes / 2 ? readWhole(segment) : undefined;
    if (lines === undefined || bytes + lines.length > segmentBytes) {
      if (run.length >= minParts) yield run;
      run = [];
      bytes = 0;
    }
    if (lines === undefined) continue;
    run.push({ segment, lines });
    bytes += lines.length;
  }
  if (run.length >= minParts) yield run;
}

/** The lines of a segment; `undefined` when they are not what they should be: reading it apart counts what is torn. */
function readWhole({ name, content, waiting, waitingBytes }: ClaimedSegment): Uint8Array | undefined {
  try {
    const lines = content.read(name.offset, name.offset + waitingBytes);
    const { ends } = readLines(lines);
    return ends.length === waiting && ends.at(-1) === lines.length ? lines : undefined;
  } catch {
    return undefined; // Told of when it is read again.
  }
}

function merge(parts: readonly Part[], port: MergePort): ClaimedSegment | undefined {
  const { folder, owner, clock } = port;
  const { segment: last } = parts.at(-1) as Part; // There are some.
  const name: SegmentName = {
    ...last.name,
    // Its age is that of the youngest: none expires early.
    creator: owner.nonce,
    number: port.nextNumber(),
    count: parts.reduce((sum, { segment }) => sum + segment.waiting, 0),
    offset: 0,
    state: "pending",
    owner: formatOwner(owner),
  };
  const whole = join(folder, formatSegmentName(name));
  const moved: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const { segment } of parts) {
      const { path: from } = segment.content;
      // Whoever cannot see this process goes by the last write.
      utimesSync(from, clock.now() / 1_000, clock.now() / 1_000);
      const to = formatPart(from, name);
      renameSync(from, to);
      moved.push({ from, to });
    }
    write(`${whole}.tmp`, Buffer.concat(parts.map(({ lines }) => lines)));
    renameSync(`${whole}.tmp`, whole);
  } catch {
    tryTo(() => unlinkSync(`${whole}.tmp`));
    for (const { from, to } of moved) tryTo(() => renameSync(to, from));
    return undefined; // A disk that takes no more is told of by whoever records.
  }
  tryTo(() => syncNames(folder));
  for (const { to } of moved) removePart(to);
  const waitingBytes = parts.reduce((sum, { lines }) => sum + lines.length, 0);
  return { name, content: FileContent.reopen(folder, name), waiting: name.count ?? 0, waitingBytes };
}

/** Writes a file that survives the machine: what it takes the place of may have been promised to. */
function write(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, "wx", 0o600);
  try {
    for (let written = 0; written < bytes.length; )
      written += writeSync(fd, bytes, written, bytes.length - written);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function syncNames(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A part that cannot be deleted is emptied: it must never be taken for events that are nowhere else. */
function removePart(path: string): void {
  if (!tryTo(() => unlinkSync(path))) tryTo(() => truncateSync(path));
}

function restorePart(path: string, plain: string): void {
  tryTo(() => renameSync(path, plain));
}

/** Whether it could be done. */
function tryTo(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false; // Done by another already, or tried again by whoever comes next.
  }
}

/** No segment's name, so that neither stores nor those that read files of events see it. */
function formatPart(path: string, { creator, number }: SegmentName): string {
  return `${path}.into-${creator}-${number}`;
}

const partPattern = /^(?<plain>.+\.ndjson)\.into-(?<whole>[0-9a-f]{12}-\d{1,15})$/;

function parsePart(
  file: string,
): { readonly name: SegmentName; readonly plain: string; readonly whole: string } | undefined {
  const { plain, whole } = partPattern.exec(file)?.groups ?? {};
  const name = plain === undefined ? undefined : parseSegmentName(plain);
  return name === undefined || plain === undefined || whole === undefined
    ? undefined
    : { name, plain, whole };
}

function identityOf(name: SegmentName | undefined): string | undefined {
  return name === undefined ? undefined : `${name.creator}-${name.number}`;
}
