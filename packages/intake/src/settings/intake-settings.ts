import { ActivityError, httpLimits } from "@activity/core";
import type { Stamp } from "@activity/proxy";
import type { WriteKey } from "../keys/write-key.ts";
import { readKeyFile } from "../keys/write-key.ts";
import { isLoopback } from "../loopback.ts";
import type { KafkaSettings } from "./kafka-settings.ts";
import { readKafkaSettings } from "./kafka-settings.ts";
import type { IntakeEnvironment } from "./read-value.ts";
import { readChoice, readList, readNumber } from "./read-value.ts";

/** What `activity-intake serve` does. */
export interface IntakeSettings {
  readonly host: string;
  readonly port: number;
  /** Keys from the environment as they are, keys from the file as hashes, as it was read just now. */
  readonly writeKeys: readonly (string | WriteKey)[];
  /** The file that keys come from, where there is one. Then nobody sends without a key, also while it holds none. */
  readonly keyFile: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly stamp: readonly Stamp[];
  readonly limits: { readonly maxEventBytes: number; readonly maxBodyBytes: number };
  /** Where everything stands that is on disk. */
  readonly directory: string;
  /** `undefined` keeps events in files. */
  readonly kafka: KafkaSettings | undefined;
  readonly retention: RetentionSettings;
  /** What dead letters take at most; 0 keeps none. */
  readonly maxDeadLetterBytes: number;
  /** `undefined` for none. */
  readonly admin: AdminSettings | undefined;
}

/** How long files of events are kept; `undefined` for ever. */
export interface RetentionSettings {
  readonly maxAgeMs: number | undefined;
  readonly maxBytes: number | undefined;
}

/** The listener for those who run the intake. */
export interface AdminSettings {
  readonly host: string;
  /** `undefined` for the one after the intake's, or any that is free. */
  readonly port: number | undefined;
  readonly token: string | undefined;
}

const mebibyte = 1_048_576;
const dayMs = 86_400_000;

/**
 * Reads the settings. All variables and their defaults: README.
 *
 * @throws INVALID_OPTION for one that cannot be, for an address that others reach without a write key or
 * without an admin token, and for a key file that cannot be read.
 */
export function readSettings(environment: IntakeEnvironment): IntakeSettings {
  const host = environment["HOST"] || "127.0.0.1";
  const file = environment["ACTIVITY_WRITE_KEYS_FILE"] || undefined;
  const fromFile = file === undefined ? [] : readKeyFile(file);
  const writeKeys = [...readList(environment["ACTIVITY_WRITE_KEYS"]), ...fromFile];
  if (writeKeys.length === 0 && !isLoopback(host)) {
    throw new ActivityError(
      "INVALID_OPTION",
      `HOST is ${host}, which others reach; set ACTIVITY_WRITE_KEYS to one or more keys, or HOST to 127.0.0.1`,
    );
  }
  const days = optionalNumber(environment, "ACTIVITY_RETENTION_DAYS");
  const mebibytes = optionalNumber(environment, "ACTIVITY_RETENTION_MIB");
  return {
    host,
    port: readNumber(environment, "PORT", { from: 0, to: 65_535, otherwise: 8_080 }),
    writeKeys,
    keyFile: file,
    allowedOrigins: readList(environment["ACTIVITY_ALLOWED_ORIGINS"]),
    stamp: readStamps(environment),
    limits: {
      maxEventBytes: readBytes(environment, "ACTIVITY_MAX_EVENT_BYTES", httpLimits.maxEventBytes),
      maxBodyBytes: readBytes(environment, "ACTIVITY_MAX_BODY_BYTES", httpLimits.maxBodyBytes),
    },
    directory: environment["ACTIVITY_DATA_DIR"] || "activity-data",
    kafka: readKafkaSettings(environment),
    retention: {
      maxAgeMs: days === undefined ? undefined : days * dayMs,
      maxBytes: mebibytes === undefined ? undefined : mebibytes * mebibyte,
    },
    maxDeadLetterBytes:
      readNumber(environment, "ACTIVITY_DEAD_LETTERS_MIB", { from: 0, to: 1_048_576, otherwise: 64 }) *
      mebibyte,
    admin: readAdmin(environment),
  };
}

function readBytes(environment: IntakeEnvironment, name: string, otherwise: number): number {
  return readNumber(environment, name, { from: 1_024, to: 1_073_741_824, otherwise });
}

function readStamps(environment: IntakeEnvironment): readonly Stamp[] {
  const allowed: readonly Stamp[] = ["received_at", "sent_at"];
  return readList(environment["ACTIVITY_STAMP"]).flatMap(
    (stamp) => readChoice({ ACTIVITY_STAMP: stamp }, "ACTIVITY_STAMP", allowed) ?? [],
  );
}

function optionalNumber(environment: IntakeEnvironment, name: string): number | undefined {
  const number = readNumber(environment, name, { from: 1, to: 1_000_000_000, otherwise: 0 });
  return number === 0 ? undefined : number;
}

function readAdmin(environment: IntakeEnvironment): AdminSettings | undefined {
  const name = "ACTIVITY_ADMIN_PORT";
  if (environment[name] === "off") return undefined;
  const host = environment["ACTIVITY_ADMIN_HOST"] || "127.0.0.1";
  const token = environment["ACTIVITY_ADMIN_TOKEN"] || undefined;
  if (token === undefined && !isLoopback(host)) {
    throw new ActivityError(
      "INVALID_OPTION",
      `ACTIVITY_ADMIN_HOST is ${host}, which others reach; set ACTIVITY_ADMIN_TOKEN, or leave the host at 127.0.0.1`,
    );
  }
  if (token !== undefined && !/^[!-~]{16,}$/.test(token)) {
    throw new ActivityError(
      "INVALID_OPTION",
      "ACTIVITY_ADMIN_TOKEN must be 16 or more visible ASCII characters",
    );
  }
  const port = readNumber(environment, name, { from: 0, to: 65_535, otherwise: -1 });
  return { host, port: port < 0 ? undefined : port, token };
}
