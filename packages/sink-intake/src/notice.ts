import { writeSync } from "node:fs";
import type { Clock } from "@activity/core";
import type { Consent, ConsentWatch } from "./consent.ts";
import { writeNoticed } from "./consent-file.ts";

/** Where a notice is shown. */
export interface Terminal {
  /** Whether a person sees it. */
  isInteractive(): boolean;
  /** @throws when it cannot be written whole. */
  write(text: string): void;
}

/** Standard error, which nobody pipes into another program. */
export const standardError: Terminal = {
  // Asked for late: most starts never need to know, and `node:tty` takes its time to load.
  isInteractive: () => process.getBuiltinModule("node:tty").isatty(2),
  write: writeWhole,
};

/** What is said once of a program without a notice of its own. */
export function defaultNotice(app: string): string {
  return `${app} sends usage data to its makers. "${app} telemetry show" shows it; "${app} telemetry disable" or DO_NOT_TRACK=1 switches it off. This is said once.`;
}

/**
 * Says once on this machine that there is telemetry, to a person who can read it; returns consent as it is
 * then. Says nothing where it cannot be kept that it was said: telemetry stays off there.
 */
export function showNotice(watch: ConsentWatch, notice: string, { terminal, clock }: NoticePort): Consent {
  const consent = watch.current();
  if (consent.why !== "unasked" || watch.path === undefined || !terminal.isInteractive()) return consent;
  try {
    writeNoticed(watch.path, () => terminal.write(`${notice.trimEnd()}\n`), clock.now());
  } catch {
    return consent; // Nobody has seen it, or nobody will know that somebody has.
  }
  return watch.look();
}

/** What a notice needs. */
export interface NoticePort {
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, "now">;
}

function writeWhole(text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(2, bytes, written);
}
