import type {
  Clock,
  Eviction,
  Importance,
  Lease,
  Position,
  ProblemHandler,
  Store,
  StoreUsage,
} from "@activity/core";
import { defaultLimits, importances, systemClock } from "@activity/core";
import { encodeLine } from "./encode-line.ts";
import { GroupCommit } from "./group-commit.ts";
import type { LeftSegment } from "./left-segment.ts";
import { adoptSegments } from "./left-segment.ts";
import { Segment } from "./segment.ts";
import type { AnySegment } from "./segment-queues.ts";
import { SegmentQueues } from "./segment-queues.ts";
import { messageOf, SegmentWriter } from "./segment-writer.ts";
import type { SpoolFolderOptions } from "./spool-folder.ts";
import { checkFolder, spoolFolder, syncFolder } from "./spool-folder.ts";
import { buildLease, segmentsOf, UnreadableSegment } from "./spool-lease.ts";
import type { RunLimits, RunPart } from "./take-run.ts";
import { takeRun } from "./take-run.ts";

/** Options of a spool. */
export interface SpoolStoreOptions extends SpoolFolderOptions {
  /** Bytes it holds at most. @defaultValue 64 MiB */
  readonly maxBytes?: number | undefined;
  /** Events it holds at most. @defaultValue no limit */
  readonly maxEvents?: number | undefined;
  /** Files it holds at most. @defaultValue 1,000 */
  readonly maxFiles?: number | undefined;
  /** Bytes after which a new file is begun. @defaultValue 256 KiB */
  readonly segmentBytes?: number | undefined;
  /** Events and bytes that one lease takes at most, and that a lane must hold before it is leased without force. */
  readonly lease?: RunLimits | undefined;
  /** Told once when events have to be kept in memory, and of everything that could not be read again. */
  readonly onProblem?: ProblemHandler | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Keeps events on disk, where any number of processes share one folder. When `append` has returned, the
 * event survives the death of this process, however it dies; `durable` also that of the machine. What dead
 * processes left is taken over by `adopt`. Without a usable folder, or when the disk is full, events are
 * kept in memory instead, and `survives` is false as long as any are. Nothing here throws but `durable`,
 * which rejects when the disk refuses to sync.
 *
 * The events that a process had leased when it died are sent again by whoever adopts them.
 */
export function createSpoolStore(options: SpoolStoreOptions): Store {
  return new SpoolStore(options);
}

class SpoolStore implements Store {
  readonly capacity: Store["capacity"];
  readonly usage: StoreUsage;
  onReady?: (() => void) | undefined;
  readonly #options: SpoolStoreOptions;
  readonly #clock: Clock;
  readonly #folder: string | undefined;
  readonly #limits: { readonly segmentBytes: number; readonly files: number; readonly lease: RunLimits };
  readonly #queues: SegmentQueues = new SegmentQueues();
  readonly #writer: SegmentWriter;
  readonly #leases = new Map<Lease, readonly RunPart[]>();
  readonly #losses: Eviction[] = [];
  /** Segments in memory. */
  #inMemory = 0;
  readonly #unsynced = new Set<Segment>();
  readonly #commit: GroupCommit;
  #last: Position = 0;
  /** Segments taken over from others. */
  #adopted = 0;
  /** The segment from which events are being evicted, as far as it was read. */
  #evicting: { readonly segment: Segment; readonly bytes: Uint8Array } | undefined;

  constructor(options: SpoolStoreOptions) {
    const { spool, batch } = defaultLimits;
    const { maxBytes = spool.bytes, maxEvents = Number.POSITIVE_INFINITY, clock = systemClock } = options;
    const { segmentBytes = spool.segmentBytes, maxFiles = spool.files, lease = batch } = options;
    this.#options = options;
    this.#clock = clock;
    this.#limits = { segmentBytes, files: maxFiles, lease };
    this.#folder = spoolFolder(options);
    this.#writer = new SegmentWriter({
      folder: this.#folder,
      clock,
      tell: (problem) => options.onProblem?.(problem),
    });
    this.#commit = new GroupCommit({ last: () => this.#last, sync: () => this.#sync() });
    this.capacity = { events: maxEvents, bytes: maxBytes };
    this.usage = this.#queues.usage;
  }

  get survives(): boolean {
    return this.#folder !== undefined && this.#inMemory === 0;
  }

  append(text: string, lane: number, importance: Importance): Position {
    const line = encodeLine(text);
    const segment = this.#write(line, lane, importance);
    segment.add(segment.bytes + line.length, ++this.#last, this.#clock.monotonic());
    this.#queues.entered(segment, line.length);
    if (segment.content.survives) this.#unsynced.add(segment);
    return this.#last;
  }

  durable(upTo: Position): Promise<void> {
    return this.survives ? this.#commit.reach(upTo) : Promise.resolve();
  }

  lease(open: (lane: number) => boolean, force: boolean): Lease | undefined {
    const { lease: limits } = this.#limits;
    const port = { queues: this.#queues, limits, read: (left: LeftSegment) => this.#readLeft(left) };
    for (;;) {
      const lane = this.#queues.oldestLane(
        open,
        ({ events, bytes }) => force || events >= limits.maxEvents || bytes >= limits.maxBytes,
      );
      if (lane === undefined) return undefined;
      const lease = this.#lend(lane.lane, takeRun(lane, port));
      if (lease !== undefined) return lease;
    }
  }

  settle(lease: Lease, unconfirmed: readonly number[]): void {
    const parts = this.#leases.get(lease);
    if (parts === undefined) return;
    this.#leases.delete(lease);
    const stays = new Set(unconfirmed);
    let place = 0;
    for (const { segment, from, to } of parts) {
      for (let index = from; index < to; index++) {
        if (stays.has(place++)) this.#queues.takeBack(segment, index);
        else this.#queues.drop(segment, index);
      }
    }
    for (const segment of segmentsOf(parts)) {
      if (segment.left === 0) this.#remove(segment);
      else this.#attempt(() => segment.mark("leased"));
    }
  }

  release(lease: Lease): void {
    this.settle(
      lease,
      Array.from(lease.ends, (_, index) => index),
    );
  }

  /** What is taken back stays in its file as long as others of the file wait: killed before that, it is sent. */
  withdraw(from: Position, to: Position): readonly Position[] {
    const withdrawn: Position[] = [];
    for (const segment of [...this.#queues]) {
      if (!(segment instanceof Segment)) continue;
      for (const index of segment.waitingBetween(from, to)) {
        withdrawn.push(segment.positions[index] ?? 0);
        this.#queues.drop(segment, index);
      }
      if (segment.left === 0) this.#remove(segment);
    }
    return withdrawn;
  }

  adopt(): number {
    if (this.#folder === undefined) return 0;
    try {
      checkFolder(this.#folder);
      const { owner } = this.#writer;
      const before = this.#adopted;
      const left = adoptSegments({ folder: this.#folder, owner, clock: this.#clock, before });
      this.#adopted += left.length;
      for (const segment of left) this.#queues.add(segment);
      return left.reduce((sum, { waiting }) => sum + waiting, 0);
    } catch {
      return 0; // No folder, nothing left. One that cannot be used is told of when something is written.
    }
  }

  evict(bornBefore?: number): readonly Eviction[] {
    const { usage, capacity } = this;
    const over = (): boolean =>
      usage.events > capacity.events ||
      usage.bytes > capacity.bytes ||
      this.#queues.size > this.#limits.files;
    const expired = bornBefore === undefined ? [] : this.#evictWhile(() => true, "expired", bornBefore);
    const beyond = this.#evictWhile(over, "capacity");
    return [...expired, ...beyond, ...this.#losses.splice(0)];
  }

  async close(): Promise<void> {
    for (const segment of [...this.#queues]) {
      if (segment instanceof Segment && segment.left === 0) this.#remove(segment);
      else this.#attempt(() => segment.leave());
    }
  }

  /** Writes a line to the segment that takes it, or to a new one. */
  #write(line: Uint8Array, lane: number, importance: Importance): Segment {
    const current = this.#queues.writable(lane, importance);
    if (current !== undefined) {
      if (current.bytes < this.#limits.segmentBytes) {
        try {
          current.content.append(line);
          return current;
        } catch (cause) {
          this.#writer.tellOnce(cause);
        }
      }
      this.#attempt(() => current.mark("pending"));
    }
    const segment = this.#writer.begin(line, lane, importance);
    if (!segment.content.survives) this.#inMemory++;
    this.#queues.add(segment);
    return segment;
  }

  /** Makes a lease of what was lent; `undefined` when there is nothing, or some of it is lost. */
  #lend(lane: number, parts: readonly RunPart[]): Lease | undefined {
    if (parts.length === 0) return undefined;
    for (const segment of segmentsOf(parts)) this.#attempt(() => segment.mark("leased"));
    try {
      const lease = buildLease(lane, parts);
      this.#leases.set(lease, parts);
      return lease;
    } catch (cause) {
      if (!(cause instanceof UnreadableSegment)) throw cause;
      for (const { segment, from, to } of parts)
        for (let index = from; index < to; index++) this.#queues.takeBack(segment, index);
      this.#lose(cause.segment, cause.cause);
      return undefined;
    }
  }

  #readLeft(left: LeftSegment): void {
    try {
      const segment = left.read();
      const lost = this.#queues.replace(left, segment);
      if (lost > 0) this.#noteLoss(lost, [], "they were torn or damaged");
      if (segment.left === 0) this.#remove(segment);
    } catch (cause) {
      this.#queues.remove(left);
      this.#noteLoss(left.waiting, [], messageOf(cause));
    }
  }

  /** Gives up what waits in a segment that cannot be read. */
  #lose(segment: Segment, cause: unknown): void {
    const positions: Position[] = [];
    const count = segment.waiting;
    while (segment.waiting > 0) positions.push(this.#dropFirst(segment));
    this.#noteLoss(
      count,
      positions.filter((position) => position > 0),
      messageOf(cause),
    );
  }

  #noteLoss(count: number, positions: readonly Position[], why: string): void {
    this.#losses.push({ reason: "corrupt", count, texts: [], positions });
    this.#options.onProblem?.({
      code: "dropped",
      message: `${count} event(s) could not be read from the spool: ${why}`,
      count,
      reason: { code: "corrupt" },
    });
  }

  #evictWhile(over: () => boolean, reason: Eviction["reason"], bornBefore?: number): readonly Eviction[] {
    const texts: string[] = [];
    const positions: Position[] = [];
    while (over()) {
      const segment = this.#nextToEvict(bornBefore);
      if (segment === undefined) break;
      const text = this.#firstText(segment);
      if (text === undefined) continue;
      texts.push(text);
      const position = this.#dropFirst(segment);
      if (position > 0) positions.push(position);
    }
    return texts.length === 0 ? [] : [{ reason, count: texts.length, texts, positions }];
  }

  /** The segment with the oldest of the least important events; only with one that entered before `bornBefore`. */
  #nextToEvict(bornBefore = Number.POSITIVE_INFINITY): Segment | undefined {
    for (const importance of Object.values(importances)) {
      if (importance === importances.kept) continue;
      let head = this.#queues.oldest(importance);
      while (head !== undefined && timeOf(head) < bornBefore) {
        if (head instanceof Segment) return head;
        this.#readLeft(head);
        head = this.#queues.oldest(importance);
      }
    }
    return undefined;
  }

  /** The text of a segment's first event; `undefined` when it cannot be read and is lost as a whole. */
  #firstText(segment: Segment): string | undefined {
    const index = segment.firstWaiting();
    const end = segment.ends[index] ?? 0;
    try {
      if (this.#evicting?.segment !== segment || this.#evicting.bytes.length < end)
        this.#evicting = { segment, bytes: segment.content.read(0, segment.bytes) };
      return Buffer.from(this.#evicting.bytes.buffer).toString("utf8", segment.start(index), end - 1);
    } catch (cause) {
      this.#lose(segment, cause);
      return undefined;
    }
  }

  /** Forgets the first event that waits in a segment; returns its position. */
  #dropFirst(segment: Segment): Position {
    const index = segment.firstWaiting();
    const position = segment.positions[index] ?? 0;
    this.#queues.drop(segment, index);
    if (segment.left === 0) this.#remove(segment);
    return position;
  }

  #remove(segment: Segment): void {
    this.#queues.remove(segment);
    this.#unsynced.delete(segment);
    if (!segment.content.survives) this.#inMemory--;
    if (this.#evicting?.segment === segment) this.#evicting = undefined;
    this.#attempt(() => segment.content.remove());
  }

  async #sync(): Promise<void> {
    const segments = [...this.#unsynced];
    this.#unsynced.clear();
    try {
      await Promise.all(segments.map((segment) => segment.content.sync()));
      if (this.#folder !== undefined && segments.length > 0) await syncFolder(this.#folder);
    } catch (cause) {
      for (const segment of segments) this.#unsynced.add(segment);
      throw cause;
    }
  }

  /** Does something on disk on which no event depends. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (cause) {
      this.#writer.tellOnce(cause);
    }
  }
}

/** When the first event that waits in a segment entered. */
function timeOf(segment: AnySegment): number {
  return segment instanceof Segment
    ? (segment.times[segment.firstWaiting()] ?? Number.POSITIVE_INFINITY)
    : segment.time;
}
