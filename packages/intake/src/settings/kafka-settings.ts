import { ActivityError } from "@activity/core";
import type { IntakeEnvironment } from "./read-value.ts";
import { readChoice, readList, readNumber } from "./read-value.ts";

/** Which Kafka, how to log in, and what waits for it on disk. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** A field or attribute whose value is the key of a record. */
  readonly keyBy: string | undefined;
  readonly ssl: boolean;
  readonly sasl: KafkaLogin | undefined;
  /** What the spool in front of Kafka holds at most. */
  readonly maxSpoolBytes: number;
}

/** A user name and password. */
export interface KafkaLogin {
  readonly mechanism: (typeof mechanisms)[number];
  readonly username: string;
  readonly password: string;
}

const mechanisms = ["plain", "scram-sha-256", "scram-sha-512"] as const;

/** `undefined` without `KAFKA_BROKERS`. @throws INVALID_OPTION for a variable that cannot be. */
export function readKafkaSettings(environment: IntakeEnvironment): KafkaSettings | undefined {
  const brokers = readList(environment["KAFKA_BROKERS"]);
  if (brokers.length === 0) return undefined;
  return {
    brokers,
    topic: environment["KAFKA_TOPIC"] || "events",
    keyBy: environment["KAFKA_KEY_BY"] || undefined,
    ssl: readChoice(environment, "KAFKA_SSL", ["true", "false"]) === "true",
    sasl: readLogin(environment),
    maxSpoolBytes:
      readNumber(environment, "ACTIVITY_SPOOL_MIB", { from: 1, to: 1_048_576, otherwise: 64 }) * 1_048_576,
  };
}

function readLogin(environment: IntakeEnvironment): KafkaLogin | undefined {
  const username = environment["KAFKA_SASL_USERNAME"] ?? "";
  const password = environment["KAFKA_SASL_PASSWORD"] ?? "";
  if (username === "" && password === "") return undefined;
  if (username === "" || password === "") {
    throw new ActivityError(
      "INVALID_OPTION",
      "one of KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD is set; both are needed",
    );
  }
  return {
    mechanism: readChoice(environment, "KAFKA_SASL_MECHANISM", mechanisms) ?? "plain",
    username,
    password,
  };
}
