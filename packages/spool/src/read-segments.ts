import fs, { createReadStream, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { compressedSuffix } from "./compress-file.ts";
import { isNoSuchPlace } from "./no-such-place.ts";
import { parseSegmentName } from "./segment-name.ts";

/** Options of {@link readSegments}. */
export interface ReadSegmentsOptions {
  /** In which order files are read; lines are always read as they were written. @defaultValue "oldest first" */
  readonly files?: "oldest first" | "newest first" | undefined;
}

const lineFeed = 10;
/** Attempts to open a file that others rename meanwhile. */
const maxAttempts = 20;

/**
 * The texts of all events in the files of a directory and its folders, as a file sink or a spool wrote them.
 * A line that is being written, or over which its writer died, is passed over, and so is a file that is removed
 * meanwhile: delivered, or too old. Nothing when there is no directory.
 *
 * @throws what reading throws.
 * @example
 * console.log(await audit(readSegments("data")));
 */
export async function* readSegments(
  directory: string,
  options: ReadSegmentsOptions = {},
): AsyncGenerator<string, void, void> {
  const paths = await listSegments(directory);
  for (const path of options.files === "newest first" ? paths.toReversed() : paths) {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      try {
        // What a spool has settled stands before the offset.
        yield* readLinesOf(path, parseSegmentName(basename(path))?.offset ?? 0);
        break;
      } catch (cause) {
        if (!isMissing(cause)) throw cause;
        if (!isThere(path)) break;
        // Who took it over for a moment has given it its name back. Nothing of it was read.
        if (attempt === maxAttempts) throw cause;
      }
    }
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as Partial<NodeJS.ErrnoException>).code === "ENOENT"; // What reading throws.
}

function isThere(path: string): boolean {
  return existsSync(path) || existsSync(`${path}${compressedSuffix}`);
}

/** The paths of all files of events in a directory and its folders, oldest first. */
export async function listSegments(directory: string): Promise<readonly string[]> {
  let files: readonly { readonly path: string; readonly name: string }[];
  try {
    const entries = await fs.promises.readdir(directory, { recursive: true, withFileTypes: true });
    files = entries
      .filter((entry) => entry.isFile() && /\.ndjson(?:\.gz)?$/.test(entry.name))
      .map(({ parentPath, name }) => ({ path: join(parentPath, name), name }));
    // Both are there after a crash between the two steps: the first is whole in any case.
    const plain = new Set(files.map(({ path }) => `${path}${compressedSuffix}`));
    files = files.filter(({ path }) => !plain.has(path));
  } catch (cause) {
    if (isNoSuchPlace(cause)) return [];
    throw cause;
  }
  // Names begin with the time at which the file was begun.
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ path }) => path);
}

async function* readLinesOf(path: string, start: number): AsyncGenerator<string, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of contentOf(path, start)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
      yield bytes.toString("utf8", from, at);
      from = at + 1;
    }
    rest = bytes.subarray(from);
  }
}

function contentOf(path: string, start: number): AsyncIterable<Buffer> {
  // Between listing and reading, a full file may have been compressed.
  const compressed = path.endsWith(compressedSuffix) || !existsSync(path);
  if (!compressed) return createReadStream(path, { start });
  const file = createReadStream(path.endsWith(compressedSuffix) ? path : `${path}${compressedSuffix}`);
  // Loaded for what needs it: a command that reads nothing must not pay for it.
  const { pipeline } = process.getBuiltinModule("node:stream/promises");
  const content = process.getBuiltinModule("node:zlib").createGunzip();
  // What goes wrong is thrown where the content is read.
  pipeline(file, content).catch((cause: Error) => content.destroy(cause));
  return content;
}
