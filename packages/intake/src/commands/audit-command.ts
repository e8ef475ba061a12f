import { existsSync } from "node:fs";
import type { MissingRange, SourceAudit } from "@activity/core";
import { ActivityError, quote } from "@activity/core";
import { readSettings } from "../settings/intake-settings.ts";
import type { StoredAudit } from "./audit-files.ts";
import { auditFiles, auditTexts } from "./audit-files.ts";
import type { CommandContext } from "./command-context.ts";
import { readTopic } from "./read-topic.ts";

/** Sources that are listed: those with something to say first. */
const maxListed = 100;

/** Accounts for every event; gives the exit code: 0, or 1 when events are lost or damaged. */
export async function auditCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const json = args.includes("--json");
  const kafka = args.includes("--kafka");
  const paths = args.filter((arg) => arg !== "--json" && arg !== "--kafka");
  const unknown = paths.find((path) => path.startsWith("--"));
  if (unknown !== undefined || (kafka && paths.length > 0)) {
    const what = unknown === undefined ? "--kafka takes no files" : `audit has no ${quote(unknown)}`;
    throw new ActivityError(
      "INVALID_OPTION",
      `${what}\nusage: activity-intake audit [--json] [FILE or DIR … | --kafka]`,
    );
  }
  const audited = kafka ? await auditTopic(context) : await auditFiles(pathsOf(paths, context));
  if (json) context.print(JSON.stringify(audited));
  else for (const line of describeAudit(audited)) context.print(line);
  return unexplained(audited) + audited.damaged === 0 ? 0 : 1;
}

/** Every line that is printed of an audit; the last one is the sum. */
export function describeAudit(audited: StoredAudit): readonly string[] {
  const { report, damaged, removed, beforeFirst } = audited;
  const worth = report.sources.filter(({ lost, announced }) => lost > 0 || announced > 0);
  const lines = worth.toSorted((a, b) => b.lost - a.lost).map(describeSource);
  if (lines.length > maxListed) lines.splice(maxListed, lines.length, `… ${worth.length - maxListed} more`);
  if (removed !== undefined) {
    lines.push(
      `retention removed ${removed.files} file(s), last written ${removed.lastWritten}: ${beforeFirst} number(s) before the first that is stored are not judged`,
    );
  }
  const open = report.sources.filter(({ tail }) => tail === "open").length;
  lines.push(
    `${report.events} event(s) of ${report.sources.length} source(s): ${unexplained(audited)} lost, ${report.duplicated} stored twice, ${report.announced} announced as dropped, ${damaged} line(s) damaged; ${open} source(s) not closed, so their end is not proved; ${report.opaque} with ids of their own`,
  );
  return lines;
}

/** Numbers that nothing accounts for. */
function unexplained({ report, removed, beforeFirst }: StoredAudit): number {
  return report.lost - (removed === undefined ? 0 : beforeFirst);
}

function describeSource({ source, first, last, announced, unexplained: gaps, tail }: SourceAudit): string {
  const lost = gaps.length === 0 ? "" : `, lost ${gaps.map(describeRange).join(", ")}`;
  return `${source}: ${first}–${last}, ${tail}, ${announced} announced as dropped${lost}`;
}

function describeRange({ from, to }: MissingRange): string {
  return from === to ? String(from) : `${from}–${to}`;
}

function pathsOf(paths: readonly string[], { environment }: CommandContext): readonly string[] {
  const all = paths.length > 0 ? paths : [environment["ACTIVITY_DATA_DIR"] || "activity-data"];
  const none = all.find((path) => !existsSync(path));
  if (none === undefined) return all;
  throw new ActivityError(
    "INVALID_OPTION",
    `there are no events in ${none}; ACTIVITY_DATA_DIR or an argument says where they are`,
  );
}

async function auditTopic({ environment }: CommandContext): Promise<StoredAudit> {
  const { kafka } = readSettings({ ...environment, HOST: "127.0.0.1" });
  if (kafka === undefined) throw new ActivityError("INVALID_OPTION", "--kafka needs KAFKA_BROKERS");
  return auditTexts(readTopic(kafka));
}
