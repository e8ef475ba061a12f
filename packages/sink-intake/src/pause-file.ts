import { readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import type { Reason } from "@activity/core";
import { pathIn } from "@activity/spool";
import type { Refusals } from "./refusal-count.ts";

/** Until when a destination is to be left alone, for every process that sends to it. */
export interface Pause {
  /** Milliseconds since the Unix epoch. */
  readonly untilMs: number;
  /** Processes in a row that failed. */
  readonly failures: number;
  /** The destination itself asked for it, by Retry-After. */
  readonly asked?: boolean | undefined;
  /** Telemetry is switched off there. */
  readonly denied?: boolean | undefined;
  readonly refusals?: Refusals | undefined;
  /** Why the last of them failed. */
  readonly reason?: Reason | undefined;
}

/** No pause is longer; what says so was written under another clock, or is damaged. */
const maxPauseMs = 86_400_000;

/** The pause kept in a folder; `undefined` when there is none or none that can be believed. */
export function readPause(folder: string, nowMs: number): Pause | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(pathOf(folder), "utf8"));
    return isPause(found) && found.untilMs - nowMs <= maxPauseMs ? found : undefined;
  } catch {
    return undefined; // Nobody has failed yet, or what was written cannot be read: then nothing is known.
  }
}

/** Whether nothing may be sent from a folder now. */
export function isLeftAlone(folder: string, nowMs: number): boolean {
  return (readPause(folder, nowMs)?.untilMs ?? 0) > nowMs;
}

/** Keeps a pause, or takes it away. That it cannot be kept harms nothing but the destination's peace. */
export function writePause(folder: string, pause: Pause | undefined): void {
  const path = pathOf(folder);
  try {
    if (pause === undefined) return unlinkSync(path);
    const draft = `${path}.${process.pid}.tmp`;
    writeFileSync(draft, JSON.stringify(pause), { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    // A disk that takes no file keeps no events either, which is told where it happens.
  }
}

function pathOf(folder: string): string {
  return pathIn(folder, "pause.json");
}

function isPause(value: unknown): value is Pause {
  return (
    typeof value === "object" &&
    value !== null &&
    "untilMs" in value &&
    "failures" in value &&
    Number.isFinite(value.untilMs) &&
    Number.isSafeInteger(value.failures)
  );
}
