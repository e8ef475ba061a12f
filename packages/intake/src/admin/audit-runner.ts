import type { AuditReport } from "@activity/core";
import { readSegments } from "@activity/spool";
import type { StoredAudit } from "../commands/audit-files.ts";
import { auditTexts } from "../commands/audit-files.ts";
import { readRemoved } from "../storage/retention.ts";

/** Sources that the page lists: those with something to say first. */
const maxSources = 50;

/** What the page shows of an audit. */
export interface ShownAudit extends StoredAudit {
  readonly sourceCount: number;
}

/** Audits the files of a directory, one at a time: whoever asks meanwhile gets the result of the one that runs. */
export class AuditRunner {
  readonly #directory: string;
  #running: Promise<ShownAudit> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  run(): Promise<ShownAudit> {
    this.#running ??= this.#audit().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #audit(): Promise<ShownAudit> {
    const audited = await auditTexts(readSegments(this.#directory), () => readRemoved(this.#directory));
    const sources = audited.report.sources.toSorted(byNews).slice(0, maxSources);
    return { ...audited, sourceCount: audited.report.sources.length, report: { ...audited.report, sources } };
  }
}

type SourceAudit = AuditReport["sources"][number];

function byNews(a: SourceAudit, b: SourceAudit): number {
  return b.lost - a.lost || b.announced - a.announced || b.arrived - a.arrived;
}
