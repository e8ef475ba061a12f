import { statSync } from "node:fs";
import type { Clock } from "@activity/core";
import type { Environment } from "@activity/spool";
import { platformDirectory } from "@activity/spool";
import { consentPath, readConsentFile } from "./consent-file.ts";
import { ciVendor } from "./known-ci.ts";
import { saysYes } from "./says-yes.ts";

/** Whether telemetry is on, and why. */
export interface Consent {
  readonly granted: boolean;
  /**
   * - `do_not_track`, `variable`: an environment variable says so
   * - `enabled`, `disabled`: somebody ran the command
   * - `noticed`: the notice was shown
   * - `ci`: it runs in a build service
   * - `unreadable`: what was decided cannot be read
   * - `unasked`: nobody has seen the notice yet
   */
  readonly why:
    | "do_not_track"
    | "variable"
    | "enabled"
    | "disabled"
    | "noticed"
    | "ci"
    | "unreadable"
    | "unasked";
  /** Since when, where the file says so. */
  readonly since?: string;
}

/** Where consent is looked up. */
export interface ConsentPlace {
  readonly app: string;
  readonly env: Environment;
  /** A variable of the program's own, beside `ACTIVITY_TELEMETRY`. */
  readonly variable?: string | undefined;
}

/** Consent as it is now. */
export interface ConsentWatch {
  /** Where the decision is kept; `undefined` where there is no home. */
  readonly path: string | undefined;
  /** Looks at the file, once a second at most, and reads it when it has changed. */
  current(): Consent;
  /** Looks at the file now. */
  look(): Consent;
}

/** Whether what waits may be sent; `undefined` while nobody can read what was decided. */
export function maySend({ granted, why }: Consent): boolean | undefined {
  return why === "unreadable" ? undefined : granted;
}

/** The variable of every program that uses this package. */
export const telemetryVariable = "ACTIVITY_TELEMETRY";

const lookEveryMs = 1_000;

/**
 * Whether telemetry is on: `DO_NOT_TRACK` (https://consoledonottrack.com), then the program's own variable
 * and `ACTIVITY_TELEMETRY`, then what was decided on this machine, then whether this is a build service.
 * What cannot be read counts as off.
 */
export function watchConsent(place: ConsentPlace, clock: Pick<Clock, "monotonic">): ConsentWatch {
  const { app, env } = place;
  const directory = platformDirectory("config", app, env);
  const path = directory === undefined ? undefined : consentPath(directory);
  const fixed = fromEnvironment(place);
  let known: Consent | undefined;
  let seen = "";
  let lookedAt = 0;

  function look(): Consent {
    if (fixed !== undefined) return fixed;
    lookedAt = clock.monotonic();
    const now = path === undefined ? "" : versionOf(path);
    if (known === undefined || now !== seen) known = path === undefined ? unasked(env) : fromFile(path, env);
    seen = now;
    return known;
  }

  return {
    path,
    look,
    current: () => (known === undefined || clock.monotonic() - lookedAt >= lookEveryMs ? look() : known),
  };
}

function fromEnvironment({ env, variable }: ConsentPlace): Consent | undefined {
  if (saysYes(env["DO_NOT_TRACK"])) return { granted: false, why: "do_not_track" };
  const said = [variable, telemetryVariable].flatMap((name) => (name && env[name]?.trim()) || []);
  if (said.length === 0) return undefined;
  const granted = !said.some((text) => /^(?:0|false|off|no|disabled)$/i.test(text));
  return { granted, why: "variable" };
}

function fromFile(path: string, env: Environment): Consent {
  try {
    const record = readConsentFile(path);
    if (record === undefined) return unasked(env);
    const { status, since } = record;
    return { granted: status !== "disabled", why: status, since };
  } catch {
    return { granted: false, why: "unreadable" }; // Perhaps it says no.
  }
}

function unasked(env: Environment): Consent {
  return ciVendor(env) === undefined ? { granted: false, why: "unasked" } : { granted: true, why: "ci" };
}

/** Changes whenever the file does. */
function versionOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (cause) {
    return String((cause as NodeJS.ErrnoException).code); // What `fs` throws has a code.
  }
}
