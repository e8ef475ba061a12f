import { closeSync, openSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync } from "node:fs";
import type { Clock, NumberedSource } from "@activity/core";
import { defaultLimits, parseEventId } from "@activity/core";
import type { Owner } from "./owner.ts";
import { formatOwner, ownerSyntax, parseOwner } from "./owner.ts";
import { pathIn } from "./path-in.ts";
import { readFlags } from "./read-flags.ts";
import { parseSegmentName } from "./segment-name.ts";
import type { OwnerSurvey } from "./survey-owners.ts";

/** What the name of a mark says: how far a source had got, and which process numbers it. */
export interface MarkName extends NumberedSource {
  readonly owner: string;
}

/** The mark of a source that this process numbers. */
export interface OwnMark {
  readonly source: NumberedSource;
  /** How it stands on disk. */
  name: MarkName;
}

const pattern = /* @__PURE__ */ new RegExp(
  `^source-(?<last>\\d{1,15})-(?<owner>${ownerSyntax})-(?<name>[\\w-]{1,64})\\.mark$`,
);

/**
 * An empty file for each source that this process numbers. Its name is brought up to date before a segment
 * is sealed or deleted, so that it and the segments being written together tell the last number of a
 * process that died, even when every event had been delivered.
 */
export class SourceMarks {
  readonly #folder: string;
  readonly #owner: () => string;
  readonly #marks = new Map<NumberedSource, OwnMark>();
  #given = false;

  constructor(folder: string, owner: () => string, before: readonly OwnMark[] = []) {
    this.#folder = folder;
    this.#owner = owner;
    for (const mark of before) this.#marks.set(mark.source, mark);
  }

  /** The marks as they stand, for whoever carries on in this process. */
  get own(): readonly OwnMark[] {
    return [...this.#marks.values()];
  }

  /** Marks a source whose first event is about to be written. @throws when the disk does not take it. */
  begin(source: NumberedSource): void {
    if (this.#given || this.#marks.has(source)) return;
    // What others number may have any name; such a one has no mark.
    if (source.name.length > 64 || !/^[\w-]+$/.test(source.name)) return;
    const name = { name: source.name, last: Math.max(0, source.last - 1), owner: this.#owner() };
    closeSync(openSync(pathIn(this.#folder, formatMark(name)), "wx", 0o600));
    this.#marks.set(source, { source, name });
  }

  /** Says how far each source is. Not while an event is being written, whose number is given already. */
  update(): void {
    for (const mark of this.#marks.values()) {
      const { last } = mark.source;
      if (last === mark.name.last) continue;
      try {
        mark.name = renameMark(this.#folder, mark.name, { ...mark.name, last });
      } catch {
        this.#marks.delete(mark.source); // It says too little for good: somebody else removed or took it.
      }
    }
  }

  /** Removes every mark and makes no more: they ended well, or nobody will be able to tell their last number. */
  giveUp(): void {
    this.#given = true;
    for (const { name } of this.#marks.values()) removeMark(this.#folder, name);
    this.#marks.clear();
  }
}

/** Where to look, and who looks. */
export interface EndedSourcesOptions {
  readonly folder: string;
  readonly owner: Owner;
  /** Made before; the folder is listed anew. */
  readonly survey: OwnerSurvey;
  readonly clock: Clock;
}

/**
 * Takes over the marks of dead processes, each with the last number that its process can have recorded. To
 * be asked before their segments are taken over, by the same survey. Only of this boot of this machine: elsewhere nobody knows
 * whether the process is dead, and after a crash of the machine not what it had written.
 *
 * @throws when the folder cannot be read.
 */
export function takeEndedSources({ folder, owner, survey, clock }: EndedSourcesOptions): readonly MarkName[] {
  const ended = readdirSync(folder).flatMap((file) => {
    const mark = parseMark(file);
    const writer = mark && parseOwner(mark.owner);
    if (mark === undefined || writer === undefined) return [];
    const liveness = survey.get(mark.owner);
    if (liveness === "dead" && writer.boot === owner.boot && writer.pidNamespace === owner.pidNamespace)
      return [mark];
    if (liveness === "dead" || (liveness === "unknown" && isForgotten(pathIn(folder, file), clock)))
      removeMark(folder, mark);
    return [];
  });
  // Looked at again: a process that was alive the first time may have begun a segment before it died.
  const lastOf = createLastNumbers(folder, ended.length > 0 ? readdirSync(folder) : []);
  return ended.flatMap((mark) => {
    try {
      const last = Math.max(mark.last, lastOf(mark));
      return [renameMark(folder, mark, { ...mark, last, owner: formatOwner(owner) })];
    } catch {
      return []; // Somebody else has it, or has the segments already and with them the mark.
    }
  });
}

/** Forgets a mark whose source has been ended. */
export function removeMark(folder: string, mark: MarkName): void {
  try {
    unlinkSync(pathIn(folder, formatMark(mark)));
  } catch {
    // Gone already, or to be ended again under the same id.
  }
}

/** The highest number of a source in the segments that its process was writing. Throws when one cannot be read. */
function createLastNumbers(folder: string, files: readonly string[]): (mark: MarkName) => number {
  const open = files.flatMap((file) => {
    const name = parseSegmentName(file);
    return name?.state === "open" && name.owner !== undefined ? [{ file, owner: name.owner }] : [];
  });
  const byOwner = new Map<string, ReadonlyMap<string, number>>();
  return ({ owner, name }) => {
    let numbers = byOwner.get(owner);
    if (numbers === undefined) {
      const mine = open.filter((segment) => segment.owner === owner);
      numbers = highestNumbers(
        mine.map(({ file }) => readFileSync(pathIn(folder, file), { encoding: "utf8", flag: readFlags })),
      );
      byOwner.set(owner, numbers);
    }
    return numbers.get(name) ?? 0;
  };
}

function highestNumbers(contents: readonly string[]): ReadonlyMap<string, number> {
  const highest = new Map<string, number>();
  for (const content of contents) {
    // What follows the last line feed was never recorded.
    for (const line of content.split("\n").slice(0, -1)) {
      const id = /^\{"event_id":"(?<id>[^"\\]+)"/.exec(line)?.groups?.["id"] ?? "";
      const number = parseEventId(id);
      if (number !== undefined)
        highest.set(number.source, Math.max(highest.get(number.source) ?? 0, number.n));
    }
  }
  return highest;
}

function isForgotten(path: string, clock: Clock): boolean {
  try {
    return clock.now() - statSync(path).mtimeMs > defaultLimits.spool.ageMs;
  } catch {
    return false; // Gone meanwhile.
  }
}

function renameMark(folder: string, from: MarkName, to: MarkName): MarkName {
  renameSync(pathIn(folder, formatMark(from)), pathIn(folder, formatMark(to)));
  return to;
}

function formatMark({ last, owner, name }: MarkName): string {
  return `source-${last}-${owner}-${name}.mark`;
}

function parseMark(file: string): MarkName | undefined {
  const fields = pattern.exec(file)?.groups;
  if (fields === undefined) return undefined;
  const { last, owner = "", name = "" } = fields;
  return { last: Number(last), owner, name };
}
