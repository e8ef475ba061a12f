import fs, { createReadStream, createWriteStream } from "node:fs";

/** What a compressed file ends in. */
export const compressedSuffix = ".gz";

/**
 * Puts `path.gz` in the place of a file that nobody writes any more. The file goes only when the other is whole
 * and survives the death of the machine; after a crash both may be there, or a draft that nobody reads.
 *
 * @throws what reading or writing throws, and when `signal` aborts; the file is as it was then.
 */
export async function compressFile(path: string, signal: AbortSignal): Promise<void> {
  const compressed = `${path}${compressedSuffix}`;
  const draft = `${compressed}.tmp`;
  const { open, rename, unlink } = fs.promises;
  // Loaded when a file is full: most processes fill none.
  const [{ pipeline }, { createGzip }] = await Promise.all([
    import("node:stream/promises"),
    import("node:zlib"),
  ]);
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(draft, { mode: 0o600 }), {
      signal,
    });
    const handle = await open(draft, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, compressed);
  } catch (cause) {
    await unlink(draft).catch(() => undefined); // Perhaps there is none.
    throw cause;
  }
  await unlink(path);
}
