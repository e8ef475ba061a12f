const lineFeed = 10;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The lines of a segment as they are found. */
export interface FoundLines {
  /** Lines, a torn last one included. */
  readonly count: number;
  /** Where each whole line ends, its line feed included. */
  readonly ends: readonly number[];
}

/** Finds the lines in the bytes of a segment. A last line without a line feed is torn: its writer died over it. */
export function readLines(bytes: Uint8Array): FoundLines {
  const ends: number[] = [];
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) ends.push(at + 1);
  return { count: ends.length + ((ends.at(-1) ?? 0) < bytes.length ? 1 : 0), ends };
}

/** Whether a line holds what was once an event. */
export function isEventLine(line: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(decoder.decode(line));
    return (
      typeof value === "object" &&
      value !== null &&
      ["event_id", "event_time", "event_type", "event_name"].every(
        (field) => typeof (value as Record<string, unknown>)[field] === "string", // An object, as just seen.
      )
    );
  } catch {
    return false;
  }
}
