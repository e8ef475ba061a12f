import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DeadLetter } from "./dead-letters.ts";
import { deadLetterDirectory, listDeadLetters, listTaken } from "./dead-letters.ts";
import { eraseLines } from "./erase-lines.ts";

/** An attribute that tells whose event it is. */
export interface Whose {
  readonly key: string;
  /** Its value, or the text of a number. */
  readonly value: string;
}

/** What was erased. */
export interface Erased {
  readonly events: number;
  readonly deadLetters: number;
  /** Compressed files, in which nothing can be erased. */
  readonly leftAlone: readonly string[];
}

/**
 * Erases the events of whoever has one of the attributes, in the files of an intake and among its dead letters. Of an
 * event only its id and its time stay, as one of type `erased`: an audit does not miss its number, and a repeat of it is
 * known. An intake may run meanwhile. With `look` nothing is written, only counted.
 *
 * @throws what reading and writing throw.
 */
export function eraseEvents(directory: string, whose: readonly Whose[], look: boolean): Erased {
  const names = readdirSync(directory).toSorted();
  const erase = (paths: readonly string[], replace: (line: string) => string | undefined): number =>
    paths.reduce((total, path) => total + eraseLines(path, replace, look), 0);
  const files = names.filter((name) => /^events-.*\.ndjson$/.test(name)).map((name) => join(directory, name));
  const letters = deadLetterDirectory(directory);
  return {
    events: erase(files, (line) => (isOf(line, whose) ? withoutAttributes(line) : undefined)),
    deadLetters: erase([...listDeadLetters(letters).map(({ path }) => path), ...listTaken(letters)], (line) =>
      withoutEvent(line, whose),
    ),
    leftAlone: names.filter((name) => /^events-.*\.gz$/.test(name)),
  };
}

function isOf(text: string, whose: readonly Whose[]): boolean {
  const event = toObject(text);
  return whose.some(({ key, value }) => {
    const found = event?.[key];
    return (typeof found === "string" || typeof found === "number") && String(found) === value;
  });
}

/** Never longer than the event: its attribute has more letters than `erased`. */
function withoutAttributes(text: string): string {
  const { event_id, event_time } = toObject(text) ?? {};
  return JSON.stringify({ event_id, event_time, event_type: "erased", event_name: "-" });
}

/** Text that is no event was rejected as such; it goes where it holds one of the values. */
function withoutEvent(line: string, whose: readonly Whose[]): string | undefined {
  const letter = toObject(line) as DeadLetter | undefined; // Written by this package.
  if (typeof letter?.event !== "string") return undefined;
  const { event } = letter;
  const found =
    toObject(event) === undefined ? whose.some(({ value }) => event.includes(value)) : isOf(event, whose);
  return found ? JSON.stringify({ ...letter, event: null }) : undefined;
}

function toObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined; // Just looked at.
  } catch {
    return undefined; // A damaged line is nobody's.
  }
}
