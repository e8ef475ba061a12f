import { ActivityError } from "@activity/core";
import { isLoopback } from "./loopback.ts";

/** Variables of the environment that `activity-intake serve` reads. */
export type IntakeEnvironment = Readonly<Record<string, string | undefined>>;

/** What `activity-intake serve` does. */
export interface IntakeSettings {
  readonly host: string;
  readonly port: number;
  readonly writeKeys: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Where events go. */
  readonly target:
    | { readonly kind: "files"; readonly directory: string }
    | { readonly kind: "kafka"; readonly brokers: readonly string[]; readonly topic: string };
}

/**
 * Reads the settings.
 *
 * | variable | meaning | default |
 * | --- | --- | --- |
 * | `HOST`, `PORT` | where to listen | 127.0.0.1, 8080 |
 * | `ACTIVITY_WRITE_KEYS` | keys that may write, separated by commas | none: everybody on this machine |
 * | `ACTIVITY_ALLOWED_ORIGINS` | pages that may send, separated by commas | none |
 * | `ACTIVITY_DATA_DIR` | directory of the NDJSON segments | activity-data |
 * | `KAFKA_BROKERS`, `KAFKA_TOPIC` | write to Kafka instead | none, events |
 *
 * @throws INVALID_OPTION for one that cannot be, and for an address that others reach without a write key.
 */
export function readSettings(environment: IntakeEnvironment): IntakeSettings {
  const host = environment["HOST"] || "127.0.0.1";
  const writeKeys = listOf(environment["ACTIVITY_WRITE_KEYS"]);
  if (writeKeys.length === 0 && !isLoopback(host)) {
    throw new ActivityError(
      "INVALID_OPTION",
      `HOST is ${host}, which others reach; set ACTIVITY_WRITE_KEYS to one or more keys, or HOST to 127.0.0.1`,
    );
  }
  const brokers = listOf(environment["KAFKA_BROKERS"]);
  return {
    host,
    port: readPort(environment["PORT"]),
    writeKeys,
    allowedOrigins: listOf(environment["ACTIVITY_ALLOWED_ORIGINS"]),
    target:
      brokers.length > 0
        ? { kind: "kafka", brokers, topic: environment["KAFKA_TOPIC"] || "events" }
        : { kind: "files", directory: environment["ACTIVITY_DATA_DIR"] || "activity-data" },
  };
}

function listOf(value = ""): readonly string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function readPort(value = ""): number {
  if (value === "") return 8_080;
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new ActivityError(
    "INVALID_OPTION",
    `PORT is ${JSON.stringify(value.slice(0, 32))}; it must be 0 to 65535`,
  );
}
