import { readFileSync } from "node:fs";
import { pathIn } from "@activity/spool";
import { writeConfigFile } from "./config-file.ts";

/** What a person has decided, or that they were told and have decided nothing. */
export type Decision = "enabled" | "disabled" | "noticed";

/** What stands in the file. */
export interface ConsentRecord {
  readonly status: Decision;
  /** RFC 3339. */
  readonly since: string;
}

/** Where a program keeps the decision, in its config directory. */
export function consentPath(configDirectory: string): string {
  return pathIn(configDirectory, "telemetry.json");
}

/** What was decided; `undefined` when nothing was. @throws when it cannot be read or makes no sense. */
export function readConsentFile(path: string): ConsentRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // What `fs` throws has a code.
    throw cause;
  }
  const found: unknown = JSON.parse(text);
  if (!isRecord(found)) throw new TypeError(`${path} says neither "enabled" nor "disabled" nor "noticed"`);
  return found;
}

/** Keeps what a person has decided. @throws when it cannot be kept. */
export function writeDecision(path: string, status: "enabled" | "disabled", nowMs: number): void {
  writeConfigFile(path, textOf(status, nowMs), "always");
}

/**
 * Tells a person, and keeps that they were told; never replaces a decision. Of two commands that tell at once both
 * may; one that could not has told nobody.
 *
 * @throws when it cannot be kept: then it was not told, as far as that can be known before. And what `tell` throws.
 */
export function writeNoticed(path: string, tell: () => void, nowMs: number): void {
  writeConfigFile(path, textOf("noticed", nowMs), { onceAfter: tell });
}

function textOf(status: Decision, nowMs: number): string {
  const record: ConsentRecord = { status, since: new Date(nowMs).toISOString() };
  return `${JSON.stringify(record)}\n`;
}

function isRecord(value: unknown): value is ConsentRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "status" in value &&
    ["enabled", "disabled", "noticed"].includes(String(value.status)) &&
    "since" in value &&
    typeof value.since === "string"
  );
}
