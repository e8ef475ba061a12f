import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { ActivityError } from "@activity/core";

/** Who may write: a name for people, and the hash of what they send. */
export interface WriteKey {
  /** Stands in metrics and on the page; letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** SHA-256 of the key, in hexadecimal. Keys are random, so no slower hash is needed. */
  readonly sha256: string;
  /** Events that it may send in a second, on the average of ten. @defaultValue no limit */
  readonly eventsPerSecond?: number | undefined;
}

/** A key that was made just now; `key` is kept nowhere. */
export interface NewWriteKey {
  readonly key: string;
  readonly entry: WriteKey;
}

const namePattern = /^[\w.-]{1,64}$/;
const linePattern =
  /^(?<name>[\w.-]{1,64})\s+sha256:(?<sha256>[0-9a-f]{64})(?:\s+events-per-second=(?<limit>[1-9]\d{0,8}))?$/;

/** Makes a key of 256 random bits. @throws INVALID_OPTION for a name that cannot be. */
export function createWriteKey(name: string, eventsPerSecond?: number): NewWriteKey {
  if (!namePattern.test(name)) {
    throw new ActivityError(
      "INVALID_OPTION",
      `the name ${JSON.stringify(name.slice(0, 64))} cannot be: 1 to 64 letters, digits, ".", "_" or "-"`,
    );
  }
  const key = `wk_${randomBytes(32).toString("base64url")}`;
  return { key, entry: { name, sha256: hashKey(key).toString("hex"), eventsPerSecond } };
}

/** The line of a key in a key file. */
export function formatWriteKey({ name, sha256, eventsPerSecond }: WriteKey): string {
  const limit = eventsPerSecond === undefined ? "" : ` events-per-second=${eventsPerSecond}`;
  return `${name} sha256:${sha256}${limit}`;
}

/**
 * Reads the text of a key file: a key a line, as {@link formatWriteKey} writes it; blank lines and what begins
 * with `#` are passed over.
 *
 * @throws INVALID_OPTION for a line that is none, and for a name that stands twice.
 */
export function parseKeys(text: string): readonly WriteKey[] {
  const keys = new Map<string, WriteKey>();
  for (const [at, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const { name, sha256, limit } = linePattern.exec(trimmed)?.groups ?? {};
    if (name === undefined || sha256 === undefined || keys.has(name)) {
      const why = name === undefined ? "is no key" : `names ${name} again`;
      throw new ActivityError(
        "INVALID_OPTION",
        `line ${at + 1} of the key file ${why}; a line is "NAME sha256:HASH", made by "activity-intake key NAME"`,
      );
    }
    keys.set(name, { name, sha256, eventsPerSecond: limit === undefined ? undefined : Number(limit) });
  }
  return [...keys.values()];
}

/** @throws INVALID_OPTION when it cannot be read. */
export function readKeyText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException; // What `fs` throws has a code.
    throw new ActivityError("INVALID_OPTION", `the key file ${path} cannot be read (${code})`, { cause });
  }
}

/** Both. @throws what they throw. */
export function readKeyFile(path: string): readonly WriteKey[] {
  return parseKeys(readKeyText(path));
}

export function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
