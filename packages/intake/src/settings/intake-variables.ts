import { closestName } from "@activity/core/options";
import type { IntakeEnvironment } from "./read-value.ts";

/** Every variable that the intake reads, but for `HOST` and `PORT`. */
export const intakeVariables: readonly string[] = [
  "ACTIVITY_WRITE_KEYS",
  "ACTIVITY_WRITE_KEYS_FILE",
  "ACTIVITY_ALLOWED_ORIGINS",
  "ACTIVITY_STAMP",
  "ACTIVITY_MAX_EVENT_BYTES",
  "ACTIVITY_MAX_BODY_BYTES",
  "ACTIVITY_DATA_DIR",
  "ACTIVITY_RETENTION_DAYS",
  "ACTIVITY_RETENTION_MIB",
  "ACTIVITY_DEAD_LETTERS_MIB",
  "ACTIVITY_ADMIN_PORT",
  "ACTIVITY_ADMIN_HOST",
  "ACTIVITY_ADMIN_TOKEN",
  "ACTIVITY_SPOOL_MIB",
  "KAFKA_BROKERS",
  "KAFKA_TOPIC",
  "KAFKA_KEY_BY",
  "KAFKA_SSL",
  "KAFKA_SASL_MECHANISM",
  "KAFKA_SASL_USERNAME",
  "KAFKA_SASL_PASSWORD",
];

/**
 * A sentence for each variable that is none of ours and looks as if it was meant to be one. It is no error: where
 * many programs share an environment, somebody else's may look so.
 */
export function mistypedVariables(environment: IntakeEnvironment): readonly string[] {
  return Object.keys(environment).flatMap((name) => {
    if (!/^(?:ACTIVITY|KAFKA)_/i.test(name) || intakeVariables.includes(name)) return [];
    const meant = closestName(name, intakeVariables);
    return meant === undefined ? [] : [`${name} is no setting and changes nothing; did you mean ${meant}?`];
  });
}
