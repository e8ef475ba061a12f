import type {
  Clock,
  Eviction,
  Importance,
  Lease,
  NumberedSource,
  Position,
  ProblemHandler,
  StoreUsage,
  TakenOver,
} from "@activity/core";
import { defaultLimits, systemClock } from "@activity/core";
import { encodeLine } from "./encode-line.ts";
import { EventsInMemory } from "./events-in-memory.ts";
import type { FolderUsage } from "./folder-share.ts";
import { FolderShare, usageOf } from "./folder-share.ts";
import { GroupCommit } from "./group-commit.ts";
import type { LeftSegment } from "./left-segment.ts";
import { adoptSegments } from "./left-segment.ts";
import { LostSegments } from "./lost-segments.ts";
import { ReadAgain } from "./passing-failure.ts";
import { resumeSegments } from "./resume-segments.ts";
import { Segment } from "./segment.ts";
import { SegmentEvictor } from "./segment-evictor.ts";
import { SegmentLosses } from "./segment-losses.ts";
import type { SegmentState } from "./segment-name.ts";
import type { LaneQueues } from "./segment-queues.ts";
import { SegmentQueues } from "./segment-queues.ts";
import { SegmentWatch } from "./segment-watch.ts";
import { SegmentWriter } from "./segment-writer.ts";
import type { MarkName } from "./source-marks.ts";
import { removeMark, SourceMarks, takeEndedSources } from "./source-marks.ts";
import { checkFolder, spoolFolder } from "./spool-folder.ts";
import type { JournalRest } from "./spool-journal.ts";
import { buildLease, segmentsOf, UnreadableSegment } from "./spool-lease.ts";
import type { SpoolStore, SpoolStoreOptions } from "./spool-options.ts";
import { checkSpoolOptions } from "./spool-options.ts";
import { surveyOwners } from "./survey-owners.ts";
import { type RunLimits, type RunPart, takeRun } from "./take-run.ts";
import { UnsyncedSegments } from "./unsynced-segments.ts";

/**
 * Keeps events on disk, where any number of processes share one folder. When `append` has returned, the
 * event survives the death of this process, however it dies; `durable` also that of the machine. What dead
 * processes left is taken over by `adopt`. Without a usable folder, or when the disk is full, events are
 * kept in memory instead, and `survives` is false as long as any are. Nothing here throws but `durable`,
 * which rejects when the disk refuses to sync.
 *
 * The events that a process had leased when it died are sent again by whoever adopts them.
 *
 * @param rest What a {@link SpoolJournal} of this process has written into the same folder; it counts as appended here.
 * @throws INVALID_OPTION for an option that cannot be.
 */
export function createSpoolStore(options: SpoolStoreOptions, rest?: JournalRest): SpoolStore {
  return new DiskStore(checkSpoolOptions(options), spoolFolder(options), rest);
}

/** Opens the spool that stands in a folder, whoever it belongs to. */
export function openSpoolFolder(folder: string, onProblem: ProblemHandler): SpoolStore {
  return new DiskStore({ destination: "", onProblem }, folder);
}

class DiskStore implements SpoolStore {
  readonly folder: string | undefined;
  readonly capacity: { events: number; bytes: number };
  readonly usage: StoreUsage;
  readonly entered: number;
  onReady?: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #segmentBytes: number;
  readonly #leaseLimits: RunLimits;
  readonly #syncAll: boolean;
  readonly #queues: SegmentQueues = new SegmentQueues();
  readonly #writer: SegmentWriter;
  readonly #share: FolderShare;
  readonly #evictor: SegmentEvictor;
  readonly #losses: SegmentLosses;
  readonly #watch: SegmentWatch;
  readonly #lost: LostSegments;
  /** `undefined` where what was written does not prove what was recorded. */
  #marks: SourceMarks | undefined;
  #ended: readonly MarkName[] = [];
  readonly #leases = new Map<Lease, readonly RunPart[]>();
  readonly #unsynced = new UnsyncedSegments();
  readonly #commit: GroupCommit;
  readonly #again: ReadAgain;
  readonly #memory: EventsInMemory;
  /** The segment that took the last event. */
  #current: Segment | undefined;
  #last: Position;
  #adoptedSegments = 0;

  constructor(options: SpoolStoreOptions, folder: string | undefined, rest?: JournalRest) {
    const { spool, batch } = defaultLimits;
    const { maxEvents = Number.POSITIVE_INFINITY, clock = systemClock, onProblem } = options;
    const { write = "event", segmentBytes = spool.segmentBytes, lease = batch } = options;
    this.#clock = clock;
    this.#segmentBytes = segmentBytes;
    this.#leaseLimits = lease;
    this.#syncAll = options.durability === "disk";
    this.folder = folder;
    const tell: ProblemHandler = (problem) => onProblem?.(problem);
    this.#writer = new SegmentWriter({ folder, clock, coalesce: write === "tick", before: rest, tell });
    const owner = (): string => this.#writer.ownerText;
    const limits = { bytes: options.maxBytes ?? spool.bytes, files: options.maxFiles ?? spool.files };
    this.#share = new FolderShare({ folder, owner, clock, limits });
    this.#losses = new SegmentLosses(folder, tell);
    this.#watch = new SegmentWatch(folder, clock);
    this.#lost = new LostSegments({
      queues: this.#queues,
      losses: this.#losses,
      watch: this.#watch,
      remove: (segment) => this.#remove(segment),
    });
    const proves = write === "event" && (rest === undefined || rest.marks !== undefined);
    if (folder !== undefined && proves) this.#marks = new SourceMarks(folder, owner, rest?.marks);
    this.#evictor = new SegmentEvictor({
      queues: this.#queues,
      read: (left) => this.#lost.read(left),
      dropFirst: (segment) => this.#lost.dropFirst(segment),
      lose: (segment, cause) => this.#lost.giveUp(segment, cause),
    });
    this.#commit = new GroupCommit({ last: () => this.#last, sync: () => this.#sync() });
    this.#again = new ReadAgain(clock, () => this.onReady?.());
    this.#memory = new EventsInMemory({
      queues: this.#queues,
      clock,
      create: (lines, about) => this.#writer.create(lines, lines.length, about),
      moved: (from, to) => this.#replace(from, to),
      remove: (segment) => this.#remove(segment),
    });
    this.capacity = { events: maxEvents, bytes: limits.bytes };
    this.usage = this.#queues.usage;
    this.entered = rest?.last ?? 0;
    this.#last = this.entered;
    for (const segment of folder === undefined ? [] : resumeSegments(folder, rest, clock)) {
      this.#queues.add(segment);
      this.#unsynced.add(segment);
    }
  }

  get survives(): boolean {
    if (this.folder === undefined) return false;
    return !this.#writer.troubled || !this.#memory.any;
  }

  append(text: string, lane: number, importance: Importance): Position {
    const line = encodeLine(text);
    if (this.#writer.troubled) this.#memory.rescue();
    let segment = this.#current;
    if (segment?.lane !== lane || segment.importance !== importance || segment.sealed)
      segment = this.#queues.writable(lane, importance);
    const nowMs = this.#clock.now();
    const gone = segment !== undefined && this.#watch.isGone(segment, nowMs) ? segment : undefined;
    if (gone !== undefined) segment = undefined;
    const before = segment;
    let begun = false;
    if (segment !== undefined && segment.bytes >= this.#segmentBytes) segment = undefined;
    let failure = segment?.write(line);
    if (segment === undefined || failure !== undefined) {
      segment = this.#writer.begin(line, { lane, importance }, (cause) => {
        failure = { cause };
      });
      this.#queues.add(segment);
      begun = true;
    }
    this.#current = segment;
    if (!segment.unsynced) this.#unsynced.add(segment);
    segment.add(segment.bytes + line.length, ++this.#last, this.#clock.monotonic());
    segment.writtenMs = nowMs;
    this.#queues.entered(segment, line.length);
    const position = this.#last;
    // Not earlier: only now has an event been written whose number is given already.
    if (begun && before !== undefined) this.#seal(before, "pending");
    if (begun) this.#look();
    if (this.#syncAll) this.#commit.reach(position).catch((cause: unknown) => this.#trouble(cause));
    // What tells comes last, since the host may record again while it is told.
    if (failure !== undefined) this.#trouble(failure.cause);
    if (gone !== undefined) this.#lost.giveUp(gone, new Error("its file is gone"));
    return position;
  }

  durable(upTo: Position): Promise<void> {
    return this.survives ? this.#commit.reach(upTo) : Promise.resolve();
  }

  lease(open: (lane: number) => boolean, force: boolean): Lease | "loading" | undefined {
    const limits = this.#leaseLimits;
    const port = { queues: this.#queues, limits, read: (left: LeftSegment) => this.#lost.read(left) };
    for (;;) {
      const lane = this.#queues.oldestLane(
        open,
        ({ events, bytes }) => force || events >= limits.maxEvents || bytes >= limits.maxBytes,
      );
      if (lane === undefined) return undefined;
      const lease = this.#lend(lane, takeRun(lane, port));
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
      else this.#seal(segment, "leased");
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
        withdrawn.push(segment.position(index));
        this.#queues.drop(segment, index);
      }
      if (segment.left === 0) this.#remove(segment);
    }
    return withdrawn;
  }

  adopt(): number {
    const { folder } = this;
    if (folder === undefined) return 0;
    this.#lost.giveUpTaken();
    try {
      checkFolder(folder);
      const { owner } = this.#writer;
      const where = { folder, owner, survey: surveyOwners(folder, owner), clock: this.#clock };
      this.#ended = [...this.#ended, ...takeEndedSources(where)];
      const unreadable = (path: string, cause: unknown): void => this.#losses.unknown(path, cause);
      const merge = { segmentBytes: this.#segmentBytes, nextNumber: () => this.#writer.nextNumber() };
      const left = adoptSegments({ ...where, before: this.#adoptedSegments, merge, unreadable });
      this.#adoptedSegments += left.length;
      for (const segment of left) this.#queues.add(segment);
      this.#look();
      return left.reduce((sum, { waiting }) => sum + waiting, 0);
    } catch {
      return 0; // No folder, nothing left. One that cannot be used is told of when something is written.
    }
  }

  begin(source: NumberedSource): void {
    try {
      this.#writer.prepare();
      this.#marks?.begin(source);
    } catch {
      this.#giveUpMarks(); // The event that comes next tells of the disk.
    }
  }

  ended(close: (source: NumberedSource) => void): void {
    const ended = this.#ended;
    this.#ended = [];
    for (const mark of ended) {
      close(mark);
      if (this.folder !== undefined) removeMark(this.folder, mark);
    }
  }

  evict(bornBefore?: number): readonly Eviction[] {
    this.#look();
    const { usage, capacity } = this;
    const over = (): boolean =>
      usage.events > capacity.events || usage.bytes > capacity.bytes || this.#queues.size > this.#share.files;
    const evictor = this.#evictor;
    const expired = bornBefore === undefined ? [] : evictor.evictWhile(() => true, "expired", bornBefore);
    const beyond = evictor.evictWhile(over, "capacity");
    return [...expired, ...beyond, ...this.#losses.take()];
  }

  takenOver(): TakenOver {
    return this.#losses.takeTaken();
  }

  oldestMs(): number | undefined {
    const first = this.#queues.firstTime();
    return first === Number.POSITIVE_INFINITY ? undefined : this.#clock.monotonic() - first;
  }

  folderUsage(): FolderUsage {
    return this.folder === undefined ? { bytes: 0, files: 0, owners: 0 } : usageOf(this.folder);
  }

  /** Moves what is in memory to disk, should it take it now. */
  preserve(): number {
    return this.#memory.preserve();
  }

  async close(): Promise<void> {
    this.preserve();
    this.#lost.giveUpTaken();
    for (const segment of [...this.#queues]) {
      if (segment instanceof Segment && segment.left === 0) this.#remove(segment);
      else this.#attempt(() => segment.leave());
    }
    this.#giveUpMarks();
  }

  /** Makes a lease of what was lent; `undefined` when there is nothing, or some of it is lost. */
  #lend(lane: LaneQueues, parts: readonly RunPart[]): Lease | "loading" | undefined {
    if (parts.length === 0) return lane.events > 0 ? this.#again.later() : undefined;
    for (const segment of segmentsOf(parts)) this.#seal(segment, "leased");
    try {
      const lease = buildLease(lane.lane, parts);
      this.#leases.set(lease, parts);
      return lease;
    } catch (cause) {
      if (!(cause instanceof UnreadableSegment)) throw cause;
      for (const { segment, from, to } of parts)
        for (let index = from; index < to; index++) this.#queues.takeBack(segment, index);
      this.#lost.giveUp(cause.segment, cause.cause);
      return cause.segment.waiting > 0 ? this.#again.later() : undefined;
    }
  }

  #seal(segment: Segment, state: SegmentState): void {
    this.#marks?.update();
    this.#attempt(() => {
      try {
        segment.mark(state);
      } catch (cause) {
        if (!this.#watch.wasTaken(segment)) throw cause;
        this.#lost.giveUp(segment, cause);
      }
    });
  }

  #remove(segment: Segment): void {
    this.#marks?.update();
    this.#queues.remove(segment);
    this.#unsynced.delete(segment);
    this.#evictor.forget(segment);
    segment.sealed = true;
    segment.forget();
    this.#attempt(() => segment.content.remove());
  }

  #replace(from: Segment, to: Segment): void {
    this.#queues.replace(from, to);
    this.#unsynced.add(to);
    this.#remove(from);
  }

  async #sync(): Promise<void> {
    try {
      await this.#unsynced.sync(this.folder);
    } catch (cause) {
      this.#lost.giveUpTaken();
      throw cause;
    }
  }

  /** Sees what the other processes leave room for. */
  #look(): void {
    this.#share.look();
    this.capacity.bytes = this.#share.bytes;
  }

  /** Does something on disk on which no event depends. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (cause) {
      this.#trouble(cause);
    }
  }

  /** The disk does not do what it should: the marks prove nothing any more. */
  #trouble(cause: unknown): void {
    this.#giveUpMarks();
    this.#writer.tellOnce(cause);
  }

  #giveUpMarks(): void {
    this.#marks?.giveUp();
    this.#marks = undefined;
  }
}
