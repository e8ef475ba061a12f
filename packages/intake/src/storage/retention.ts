import { readFileSync } from "node:fs";
import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import type { RetentionSettings } from "../settings/intake-settings.ts";

/** What was removed from a directory of events since its beginning. */
export interface RemovedEvents {
  readonly files: number;
  readonly bytes: number;
  /** When the newest of the removed files was last written, RFC 3339. */
  readonly lastWritten: string;
}

interface EventFile {
  readonly path: string;
  readonly begunMs: number;
  readonly writer: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

const namePattern = /^events-(\d{4}-\d{2}-\d{2})T\d{9}Z-([0-9a-f]{12})-\d{6}\.ndjson$/;
const notesName = "retention.json";
/** A writer begins a new file each day (UTC), so what was begun two days ago is written no more. */
const writtenForMs = 172_800_000;

/**
 * Removes whole files of events, oldest first: those last written longer ago than the age, then as many as
 * are needed to stay below the bytes. A file that may still be written to stays. What went is noted in
 * `retention.json`, so that an audit does not call it lost.
 *
 * @throws what the file system throws.
 */
export async function applyRetention(
  directory: string,
  { maxAgeMs = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY }: RetentionSettings,
  clock: Clock,
): Promise<number> {
  const files = await listFiles(directory);
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const newestOf = new Map(files.map(({ writer, path }) => [writer, path]));
  const now = clock.now();
  const removed: EventFile[] = [];
  for (const file of files) {
    const mayGrow = newestOf.get(file.writer) === file.path && now - file.begunMs < writtenForMs;
    if (mayGrow || (now - file.writtenMs <= maxAgeMs && bytes <= maxBytes)) continue;
    removed.push(file);
    bytes -= file.bytes;
  }
  // Noted first: what is noted and still there harms nobody.
  if (removed.length > 0) await note(directory, removed);
  for (const { path } of removed) await rm(path, { force: true });
  return removed.length;
}

/** What retention has removed; `undefined` when it never did. */
export function readRemoved(directory: string): RemovedEvents | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, notesName), "utf8")) as RemovedEvents; // Written below.
  } catch {
    return undefined; // There is none.
  }
}

/** Oldest first: names begin with the time at which the file was begun. */
async function listFiles(directory: string): Promise<readonly EventFile[]> {
  const files: EventFile[] = [];
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return []; // Nothing was written yet.
    throw cause;
  });
  for (const name of names.toSorted()) {
    const [, day, writer] = namePattern.exec(name) ?? [];
    if (day === undefined || writer === undefined) continue;
    const path = join(directory, name);
    const { size, mtimeMs } = await stat(path);
    files.push({ path, begunMs: Date.parse(day), writer, bytes: size, writtenMs: mtimeMs });
  }
  return files;
}

async function note(directory: string, removed: readonly EventFile[]): Promise<void> {
  const before = readRemoved(directory);
  const lastMs = Math.max(
    Date.parse(before?.lastWritten ?? "") || 0,
    ...removed.map((file) => file.writtenMs),
  );
  const notes: RemovedEvents = {
    files: (before?.files ?? 0) + removed.length,
    bytes: (before?.bytes ?? 0) + removed.reduce((sum, file) => sum + file.bytes, 0),
    lastWritten: new Date(lastMs).toISOString(),
  };
  const partial = join(directory, `${notesName}.${process.pid}`);
  await writeFile(partial, `${JSON.stringify(notes)}\n`, { mode: 0o600 });
  await rename(partial, join(directory, notesName));
}
