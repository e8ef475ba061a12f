import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseSegmentName } from "./segment-name.ts";

/** Options of {@link readSegments}. */
export interface ReadSegmentsOptions {
  /** In which order files are read; lines are always read as they were written. @defaultValue "oldest first" */
  readonly files?: "oldest first" | "newest first" | undefined;
}

const lineFeed = 10;

/**
 * The texts of all events in the files of a directory and its folders, as a file sink or a spool wrote them.
 * A line that is being written, or over which its writer died, is passed over. Nothing when there is no
 * directory.
 *
 * @throws what reading throws.
 * @example
 * const events = Readable.from(readSegments("data")).map((text) => JSON.parse(text));
 * console.log(await audit(events));
 */
export async function* readSegments(
  directory: string,
  options: ReadSegmentsOptions = {},
): AsyncGenerator<string, void, void> {
  const paths = await listSegments(directory);
  for (const path of options.files === "newest first" ? paths.toReversed() : paths) {
    // What a spool has settled stands before the offset.
    yield* readLinesOf(path, parseSegmentName(basename(path))?.offset ?? 0);
  }
}

/** The paths of all files of events in a directory and its folders, oldest first. */
export async function listSegments(directory: string): Promise<readonly string[]> {
  let files: readonly { readonly path: string; readonly name: string }[];
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    files = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ndjson"))
      .map(({ parentPath, name }) => ({ path: join(parentPath, name), name }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return []; // What `fs` throws has a code.
    throw cause;
  }
  // Names begin with the time at which the file was begun.
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ path }) => path);
}

async function* readLinesOf(path: string, start: number): AsyncGenerator<string, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { start }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
      yield bytes.toString("utf8", from, at);
      from = at + 1;
    }
    rest = bytes.subarray(from);
  }
}
