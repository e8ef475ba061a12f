import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { AuditReport } from "@activity/core";
import { audit } from "@activity/core";
import { readSegments } from "@activity/spool";
import type { RemovedEvents } from "../storage/retention.ts";
import { readRemoved } from "../storage/retention.ts";

/** An audit of stored events, and what it cannot judge. */
export interface StoredAudit {
  readonly report: AuditReport;
  /** Lines that hold no event. */
  readonly damaged: number;
  /** What retention removed; `undefined` for nothing. */
  readonly removed: RemovedEvents | undefined;
  /** Numbers of `report.lost` before the first that is still stored of their source: retention took them, where it removed files. */
  readonly beforeFirst: number;
}

/** Audits files of events and directories of such files. @throws what reading throws. */
export async function auditFiles(paths: readonly string[]): Promise<StoredAudit> {
  return auditTexts(readPaths(paths), () =>
    paths.map((path) => readRemoved(path)).find((one) => one !== undefined),
  );
}

/** Audits the texts of events. What was removed is asked for afterwards: retention goes on while they are read. */
export async function auditTexts(
  texts: AsyncIterable<string>,
  readRemovedEvents: () => RemovedEvents | undefined = () => undefined,
): Promise<StoredAudit> {
  const report = await audit(texts);
  const beforeFirst = report.sources.reduce((sum, { first, unexplained: [range] }) => {
    const isHead = range?.from === 1 && range.to === first - 1;
    return sum + (isHead ? range.to : 0);
  }, 0);
  return { report, damaged: report.damaged, removed: readRemovedEvents(), beforeFirst };
}

async function* readPaths(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    if ((await stat(path)).isDirectory()) yield* readSegments(path);
    else yield* readLines(path);
  }
}

/** Not `node:readline`, for which characters within a JSON string end a line. A torn last line is passed over. */
async function* readLines(path: string): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of contentOf(path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      yield bytes.toString("utf8", from, at);
      from = at + 1;
    }
    rest = bytes.subarray(from);
  }
}

function contentOf(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path);
  if (!path.endsWith(".gz")) return file;
  const content = createGunzip();
  // What goes wrong is thrown where the content is read.
  pipeline(file, content).catch((cause: Error) => content.destroy(cause));
  return content;
}
