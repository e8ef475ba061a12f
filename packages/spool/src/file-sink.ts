import type {
  AckLevel,
  ActivityEvent,
  Clock,
  DropReason,
  LedgerSnapshot,
  ProblemHandler,
  Reason,
  Sink,
  TimeoutOptions,
  WriteException,
  WriteOptions,
  WriteOutcome,
} from "@activity/core";
import { ActivityError, defaultLimits, systemClock } from "@activity/core";
import { absoluteDirectory } from "./absolute-directory.ts";
import { encodeLine, encodeLines } from "./encode-line.ts";
import { GroupCommit } from "./group-commit.ts";
import { RotatingFile } from "./rotating-file.ts";
import { messageOf } from "./segment-writer.ts";

/** Options of a file sink. */
export interface FileSinkOptions {
  /** Where the files stand; made when the first event is written. Several processes may share it. */
  readonly directory: string;
  /** Bytes after which a new file is begun; a new day (UTC) begins one too. @defaultValue 64 MiB */
  readonly maxFileBytes?: number | undefined;
  /**
   * Whether files are compressed (`.ndjson.gz`) once no more is written to them: when they are full, when the
   * day is over, and at close as far as there is time. @defaultValue false
   */
  readonly gzip?: boolean | undefined;
  readonly onProblem?: ProblemHandler | undefined;
  readonly clock?: Clock | undefined;
}

const defaultFileBytes = 67_108_864;
/** When a write that found the disk full may be tried again. */
const retryAfterMs = 1_000;

/**
 * Writes events to files, one line of JSON each: where there is no Kafka, this is the final store.
 * {@link readSegments} reads it.
 *
 * When `record` returns, the event survives the death of this process. `write` answers `durable` and
 * `delivered` when it also survives that of the machine (fdatasync, shared by all who write meanwhile), and
 * `queued` without that. What the disk does not take is refused, for `record` dropped as `undeliverable`.
 *
 * @throws INVALID_OPTION when there is no directory.
 */
export function fileSink(options: FileSinkOptions): Sink {
  return new FileSink(options);
}

class FileSink implements Sink {
  onProblem: ProblemHandler | undefined;
  readonly #file: RotatingFile;
  readonly #clock: Clock;
  readonly #commit: GroupCommit;
  readonly #ledger = { recorded: 0, delivered: 0, pending: 0, dropped: 0 };
  readonly #droppedBy: Partial<Record<DropReason, number>> = {};
  /** Events written. */
  #written = 0;
  #closing: Promise<LedgerSnapshot> | undefined;
  #failing = false;

  constructor({
    directory,
    maxFileBytes = defaultFileBytes,
    gzip = false,
    onProblem,
    clock = systemClock,
  }: FileSinkOptions) {
    if (typeof directory !== "string" || directory === "")
      throw new ActivityError("INVALID_OPTION", "directory is not set; it must be the path of a directory");
    if (!(maxFileBytes > 0))
      throw new ActivityError(
        "INVALID_OPTION",
        `maxFileBytes is ${String(maxFileBytes)}; it must be above 0`,
      );
    this.onProblem = onProblem;
    this.#clock = clock;
    this.#file = new RotatingFile({
      directory: absoluteDirectory(directory) ?? directory,
      maxFileBytes,
      gzip,
      clock,
      failed: (cause) =>
        this.#tell({
          code: "store",
          message: `a file stays as it is, since it could not be compressed: ${messageOf(cause)}`,
          reason: { code: "not_compressed", detail: messageOf(cause) },
          cause,
        }),
    });
    this.#commit = new GroupCommit({ last: () => this.#written, sync: () => this.#file.sync() });
  }

  record(event: ActivityEvent): void {
    this.#ledger.recorded++;
    if (this.#closing !== undefined) return this.#drop("closed", 1, "the sink is closed");
    const { bytes, length } = encodeLine(event.text);
    const failure = this.#append(bytes.subarray(0, length), 1);
    if (failure !== undefined) return this.#drop("undeliverable", 1, failure.detail);
    this.#ledger.delivered++;
  }

  async write(events: readonly ActivityEvent[], options: WriteOptions = {}): Promise<WriteOutcome> {
    const { until = "delivered", signal } = options;
    if (this.#closing !== undefined) return { state: "refused", reason: { code: "closed" } };
    if (signal?.aborted) return { state: "refused", reason: { code: "aborted" } };
    if (events.length === 0) return { state: "done", reached: until };
    const { bytes, length } = encodeLines(events);
    const failure = this.#append(bytes.subarray(0, length), events.length);
    if (failure?.clean) return { state: "refused", reason: failure.reason, retryAfterMs };
    this.#ledger.recorded += events.length;
    if (failure !== undefined) {
      this.#drop("undeliverable", events.length, failure.detail);
      return allUnknown(events.length, until, failure.reason);
    }
    if (until === "queued") {
      this.#ledger.delivered += events.length;
      return { state: "done", reached: "queued" };
    }
    return this.#whenDurable(events.length, until, signal);
  }

  async flush({ timeoutMs = defaultLimits.flushMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    if (this.#closing !== undefined) return this.#closing;
    await this.#syncWithin(timeoutMs);
    return this.stats();
  }

  close({ timeoutMs = defaultLimits.closeMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    this.#closing ??= this.#shutDown(timeoutMs);
    return this.#closing;
  }

  stats(): LedgerSnapshot {
    return {
      ...this.#ledger,
      droppedBy: { ...this.#droppedBy },
      adopted: 0,
      handedOver: 0,
      rejected: 0,
      withdrawn: 0,
      repeats: 0,
    };
  }

  /** Writes lines; says what went wrong, if anything did. */
  #append(
    lines: Uint8Array,
    count: number,
  ): { readonly clean: boolean; readonly detail: string; readonly reason: Reason } | undefined {
    try {
      this.#file.append(lines);
      this.#written += count;
      this.#failing = false;
      // What a full file holds is synced at once, so that the file can be closed.
      if (this.#file.retiring) void this.#commit.reach(this.#written).catch(() => undefined);
      return undefined;
    } catch (cause) {
      const { clean = true, cause: deeper = cause } = cause as { clean?: boolean; cause?: unknown }; // An error.
      const detail = messageOf(deeper);
      if (!this.#failing)
        this.#tell({
          code: "store",
          message: `the disk does not take events: ${detail}`,
          reason: { code: "disk_refused", detail },
          cause,
        });
      this.#failing = true;
      return { clean, detail, reason: { code: "disk_refused", detail } };
    }
  }

  #whenDurable(count: number, until: AckLevel, signal: AbortSignal | undefined): Promise<WriteOutcome> {
    this.#ledger.pending += count;
    return new Promise((resolve) => {
      const abort = (): void => resolve(allUnknown(count, until, { code: "aborted" }));
      const end = (outcome: WriteOutcome): void => {
        signal?.removeEventListener("abort", abort);
        resolve(outcome);
      };
      signal?.addEventListener("abort", abort);
      this.#commit.reach(this.#written).then(
        () => {
          this.#ledger.pending -= count;
          this.#ledger.delivered += count;
          end({ state: "done", reached: until });
        },
        (cause: unknown) => {
          this.#ledger.pending -= count;
          this.#drop("undeliverable", count, messageOf(cause));
          end(allUnknown(count, until, { code: "sync_failed", detail: messageOf(cause) }));
        },
      );
    });
  }

  async #shutDown(timeoutMs: number): Promise<LedgerSnapshot> {
    const stop = new AbortController();
    const late = this.#clock.sleep(timeoutMs, stop.signal);
    await this.#syncWithin(timeoutMs);
    await this.#file.close(late);
    stop.abort();
    return this.stats();
  }

  /** Syncs what was written, or gives up waiting for it. A sync that fails is told by those who need it. */
  async #syncWithin(timeoutMs: number): Promise<void> {
    const stop = new AbortController();
    const synced = this.#commit.reach(this.#written).catch((cause: unknown) =>
      this.#tell({
        code: "store",
        message: `the disk does not sync: ${messageOf(cause)}`,
        reason: { code: "sync_failed", detail: messageOf(cause) },
        cause,
      }),
    );
    await Promise.race([synced, this.#clock.sleep(timeoutMs, stop.signal)]);
    stop.abort();
  }

  #drop(reason: DropReason, count: number, why: string): void {
    this.#ledger.dropped += count;
    this.#droppedBy[reason] = (this.#droppedBy[reason] ?? 0) + count;
    this.#tell({
      code: "dropped",
      message: `${count} event(s) were dropped: ${why}`,
      count,
      reason: { code: reason },
    });
  }

  #tell(problem: Parameters<ProblemHandler>[0]): void {
    try {
      this.onProblem?.(problem);
    } catch {
      // The host's handler failed; there is nobody left to tell.
    }
  }
}

function allUnknown(count: number, reached: AckLevel, reason: Reason): WriteOutcome {
  const except = Array.from(
    { length: count },
    (_, index): WriteException => ({ index, was: "unknown", reason }),
  );
  return { state: "done", reached, except };
}
