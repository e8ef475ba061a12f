import type { Eviction, Position, ProblemHandler, TakenOver } from "@activity/core";
import { Quarantine } from "./quarantine.ts";
import { messageOf } from "./segment-writer.ts";

/** Events that are lost. */
export interface LostEvents {
  readonly count: number;
  /** The positions of own ones. */
  readonly positions?: readonly Position[];
}

/** What could not be read again: told at once, counted with what is evicted next, and kept in quarantine. */
export class SegmentLosses {
  readonly #losses: Eviction[] = [];
  #takenOver: TakenOver = { count: 0, positions: [] };
  readonly #tell: ProblemHandler;
  readonly #quarantine: Quarantine | undefined;

  constructor(folder: string | undefined, tell: ProblemHandler) {
    this.#tell = tell;
    this.#quarantine = folder === undefined ? undefined : new Quarantine(folder);
  }

  /** Notes events of a segment that were torn or damaged; `lines` are those that are whole. */
  damaged(path: string, lines: Uint8Array, count: number): void {
    if (lines.length > 0) this.#quarantine?.keepLines(path, lines);
    if (count > 0) this.#note(count, [], "they were torn or damaged");
  }

  /** Notes the events of a segment that cannot be read. */
  unreadable(path: string | undefined, cause: unknown, { count, positions = [] }: LostEvents): void {
    if (path !== undefined) this.#quarantine?.keepFile(path);
    this.#note(count, positions, messageOf(cause));
  }

  /** Puts away a segment of which nobody knows how many events it held. */
  unknown(path: string, cause: unknown): void {
    this.#quarantine?.keepFile(path);
    const detail = messageOf(cause);
    this.#tell({
      code: "store",
      message: `a file of the spool could not be read and was set aside: ${detail}`,
      reason: { code: "unreadable", detail },
      cause,
    });
  }

  /** Notes events that another owner has taken over: they are not lost. */
  taken({ count, positions = [] }: LostEvents): void {
    const before = this.#takenOver;
    this.#takenOver = { count: before.count + count, positions: [...before.positions, ...positions] };
  }

  /** What others had taken over since the last time. */
  takeTaken(): TakenOver {
    const taken = this.#takenOver;
    this.#takenOver = { count: 0, positions: [] };
    return taken;
  }

  /** What was noted since the last time. */
  take(): readonly Eviction[] {
    return this.#losses.splice(0);
  }

  #note(count: number, positions: readonly Position[], why: string): void {
    this.#losses.push({ reason: "corrupt", count, texts: [], positions });
    this.#tell({
      code: "dropped",
      message: `${count} event(s) could not be read from the spool: ${why}`,
      count,
      reason: { code: "corrupt" },
    });
  }
}
