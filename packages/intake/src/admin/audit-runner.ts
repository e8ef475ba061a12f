import type { SourceAudit } from "@activity/core";
import { readSegments } from "@activity/spool";
import type { StoredAudit } from "../commands/audit-files.ts";
import { auditTexts } from "../commands/audit-files.ts";
import { readRemoved } from "../storage/retention.ts";

/** Sources that the page lists: those with something to say first. */
const maxSources = 50;
/** Ranges of missing numbers that it is given of each. */
const maxRanges = 100;

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
    const sources = audited.report.sources.toSorted(byNews).slice(0, maxSources).map(shorten);
    return { ...audited, sourceCount: audited.report.sources.length, report: { ...audited.report, sources } };
  }
}

/** Leaves the counts as they are. */
function shorten({ missing, unexplained, ...source }: SourceAudit): SourceAudit {
  return {
    ...source,
    missing: missing.slice(0, maxRanges),
    unexplained: unexplained.slice(0, maxRanges),
  };
}

function byNews(a: SourceAudit, b: SourceAudit): number {
  return b.lost - a.lost || b.announced - a.announced || b.arrived - a.arrived;
}
