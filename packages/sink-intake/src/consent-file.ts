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

/** Keeps a decision; that a person was told never replaces one. Returns whether it was written. @throws when it cannot be. */
export function writeConsentFile(path: string, status: Decision, nowMs: number): boolean {
  const record: ConsentRecord = { status, since: new Date(nowMs).toISOString() };
  return writeConfigFile(path, `${JSON.stringify(record)}\n`, status === "noticed" ? "once" : "always");
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
