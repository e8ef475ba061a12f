import { writeSync } from "node:fs";
import type { Clock } from "@activity/core";
import type { Consent, ConsentWatch } from "./consent.ts";
import { writeConsentFile } from "./consent-file.ts";

/** Where a notice is shown. */
export interface Terminal {
  /** Whether a person sees it. */
  isInteractive(): boolean;
  write(text: string): void;
}

/** Standard error, which nobody pipes into another program. */
export const standardError: Terminal = {
  // Asked for late: most starts never need to know, and `node:tty` takes its time to load.
  isInteractive: () => process.getBuiltinModule("node:tty").isatty(2),
  write: (text) => writeSync(2, text),
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
    if (writeConsentFile(watch.path, "noticed", clock.now())) terminal.write(`${notice.trimEnd()}\n`);
  } catch {
    return consent;
  }
  return watch.look();
}

/** What a notice needs. */
export interface NoticePort {
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, "now">;
}
